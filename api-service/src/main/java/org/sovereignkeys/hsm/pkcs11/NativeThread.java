/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.jspecify.annotations.Nullable;

/**
 * A platform thread for native calls, which would pin a virtual thread's carrier. Only these threads may call into the
 * library, so that every call in flight is known. One whose call never returns is given up: it ends when it can.
 */
final class NativeThread extends Thread {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Runnable whenGivenUp;
    private final Runnable whenEnded;
    private volatile @Nullable NativeCall call;
    private volatile boolean givenUp;

    /** The task behind which there are no more. */
    private static final class End implements Runnable {
        @Override
        public void run() {}
    }

    private record NativeCall(String function, long startedNanos) {}

    NativeThread(String name, Runnable whenGivenUp, Runnable whenEnded) {
        super(name);
        this.whenGivenUp = whenGivenUp;
        this.whenEnded = whenEnded;
        setDaemon(true);
    }

    /** The current thread, which must be one of these. */
    static NativeThread current() {
        if (Thread.currentThread() instanceof NativeThread thread) {
            return thread;
        }
        throw new IllegalStateException("PKCS#11 was called on a thread that is not made for it");
    }

    void execute(Runnable task) {
        tasks.add(task);
    }

    /** Ends the thread once the tasks before are done. */
    void end() {
        tasks.add(new End());
    }

    @Override
    public void run() {
        try {
            Runnable task;
            do {
                task = tasks.take();
                task.run();
            } while (!givenUp && !(task instanceof End));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody interrupts it but the end of the process
        } finally {
            whenEnded.run();
        }
    }

    void callStarts(String function) {
        call = new NativeCall(function, System.nanoTime());
    }

    void callEnds() {
        call = null;
    }

    boolean inCall() {
        return call != null;
    }

    /** The function that has been running for longer than this, or null. */
    @Nullable
    String functionRunningFor(long nanos) {
        NativeCall current = call;
        return current != null && System.nanoTime() - current.startedNanos() > nanos ? current.function() : null;
    }

    void giveUp() {
        givenUp = true;
        whenGivenUp.run();
    }

    boolean givenUp() {
        return givenUp;
    }
}
