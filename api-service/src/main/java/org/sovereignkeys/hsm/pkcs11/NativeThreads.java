/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All threads that call into the library, those given up included. */
final class NativeThreads {
    private static final Logger LOG = LoggerFactory.getLogger(NativeThreads.class);

    private final Set<NativeThread> threads = ConcurrentHashMap.newKeySet();
    private final Duration stuckAfter;
    private final int mostGivenUp;

    /**
     * Makes none yet.
     *
     * @param stuckAfter a call that takes longer is stuck
     * @param mostGivenUp with so many stuck threads left behind, no further one is given up
     */
    NativeThreads(Duration stuckAfter, int mostGivenUp) {
        this.stuckAfter = stuckAfter;
        this.mostGivenUp = mostGivenUp;
    }

    /** Starts a thread; {@code whenGivenUp} is told, on another thread, that no more is to be expected of it. */
    NativeThread start(String name, Runnable whenGivenUp) {
        AtomicReference<NativeThread> self = new AtomicReference<>();
        NativeThread thread = new NativeThread(name, whenGivenUp, () -> threads.remove(self.get()));
        self.set(thread);
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** Leaves behind the threads whose call takes too long. */
    void giveUpStuck() {
        for (NativeThread thread : threads) {
            String function = thread.functionRunningFor(stuckAfter.toNanos());
            if (function != null && !thread.givenUp() && givenUp() < mostGivenUp) {
                LOG.error("{} has not returned for {} s; its thread {} and its session are given up", function,
                        stuckAfter.toSeconds(), thread.getName());
                thread.giveUp();
            }
        }
    }

    /** Number of threads that were given up and have not ended yet. */
    int givenUp() {
        return (int) threads.stream().filter(NativeThread::givenUp).count();
    }

    /** Whether a thread other than the current one is in the library. */
    boolean anyInCall() {
        return threads.stream().anyMatch(t -> t != Thread.currentThread() && t.inCall());
    }

    /** The same, without those that were given up. */
    boolean anyLiveInCall() {
        return threads.stream().anyMatch(t -> t != Thread.currentThread() && t.inCall() && !t.givenUp());
    }
}
