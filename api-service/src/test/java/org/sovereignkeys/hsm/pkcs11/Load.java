/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.sovereignkeys.hsm.HsmUnavailableException;

/** Callers on virtual threads that repeat their call until they are stopped. HSM outages are counted, all else is kept. */
final class Load implements AutoCloseable {
    private final List<Thread> callers = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger successes = new AtomicInteger();
    private final AtomicInteger outages = new AtomicInteger();
    private final AtomicLong longestNanos = new AtomicLong();
    private volatile boolean stopped;

    static Load start(int callers, Runnable call) {
        Load load = new Load();
        for (int i = 0; i < callers; i++) {
            load.callers.add(Thread.ofVirtual().start(() -> load.repeat(call)));
        }
        return load;
    }

    private void repeat(Runnable call) {
        while (!stopped) {
            long started = System.nanoTime();
            try {
                call.run();
                successes.incrementAndGet();
            } catch (HsmUnavailableException e) {
                outages.incrementAndGet();
                VaultFixture.pause(5); // as a client that backs off
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
            }
            long took = System.nanoTime() - started;
            longestNanos.accumulateAndGet(took, Math::max);
        }
    }

    int successes() {
        return successes.get();
    }

    int outages() {
        return outages.get();
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    long longestMillis() {
        return longestNanos.get() / 1_000_000;
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread caller : callers) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
