/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.sovereignkeys.authorizer.CannotCheckException;

/** Ends a check in time, whatever it hangs in: the clients' own timeouts do not cover a look-up of a name, for one. */
final class Deadline {
    private final Duration time;

    Deadline(Duration time) {
        this.time = time;
    }

    /**
     * Runs a check in a thread of its own, which is given up when it is not done in time.
     *
     * @throws CannotCheckException if it throws that, anything else, or is late
     */
    <T> T run(Callable<T> check) {
        FutureTask<T> task = new FutureTask<>(check);
        Thread.ofPlatform().daemon().name("check").start(task);
        try {
            return task.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new CannotCheckException("no decision within " + time.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new CannotCheckException("interrupted", e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case CannotCheckException failure -> failure;
                case null -> new CannotCheckException("a bug", e);
                case Throwable bug -> new CannotCheckException("a bug: " + bug.getClass().getName(), bug);
            };
        }
    }
}
