/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.pkcs11.SessionWorker.Task;

/** The sessions of one generation, each with its thread. Who waits is served in the order of coming. */
final class SessionPool {
    private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);

    /** After the token had no further session, how long until another one is tried. */
    private static final Duration LIMIT_HOLDS_FOR = Duration.ofSeconds(10);

    private final Cryptoki cryptoki;
    private final long slot;
    private final HsmSettings settings;
    private final NativeThreads threads;
    private final Consumer<CryptokiException> whenFailed;

    // All below is guarded by this.
    private final Set<SessionWorker> workers = new LinkedHashSet<>();
    private final Deque<SessionWorker> idle = new ArrayDeque<>();
    private final Deque<CompletableFuture<SessionWorker>> waiting = new ArrayDeque<>();
    private int limit;
    private long limitHoldsUntilNanos = System.nanoTime();
    private int started;
    private @Nullable HsmUnavailableException ended;

    /** Opens nothing yet; {@code whenFailed} hears of failures that may concern more than one session. */
    SessionPool(Cryptoki cryptoki, long slot, HsmSettings settings, NativeThreads threads,
            Consumer<CryptokiException> whenFailed) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.settings = settings;
        this.threads = threads;
        this.whenFailed = whenFailed;
        this.limit = settings.sessions();
    }

    /** Runs a use case in a session, and waits for it a bounded time. */
    <T> T call(Task<T> task) {
        long deadline = System.nanoTime() + settings.callTimeout().toNanos();
        while (true) {
            SessionWorker worker = acquire(Math.min(settings.sessionWait().toNanos(), deadline - System.nanoTime()));
            try {
                return await(worker.submit(task), deadline);
            } catch (NoSessionException e) {
                LOG.warn("The HSM gave no further session; {} are in use ({})", inUse(), e.getMessage());
            }
        }
    }

    private <T> T await(CompletableFuture<T> result, long deadline) {
        try {
            return result.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            HsmUnavailableException late = new HsmUnavailableException(
                    "The HSM did not answer within " + settings.callTimeout().toMillis() + " ms", null);
            result.completeExceptionally(late); // tells the worker that nobody waits
            throw late;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            HsmUnavailableException interrupted = new HsmUnavailableException("Interrupted while the HSM worked", e);
            result.completeExceptionally(interrupted);
            throw interrupted;
        } catch (ExecutionException e) {
            throw Failures.rethrown(e);
        }
    }

    private SessionWorker acquire(long waitNanos) {
        CompletableFuture<SessionWorker> turn = new CompletableFuture<>();
        synchronized (this) {
            requireOpen();
            if (System.nanoTime() - limitHoldsUntilNanos > 0) {
                limit = settings.sessions();
            }
            if (!idle.isEmpty()) {
                return idle.pop();
            }
            if (workers.size() < limit) {
                return add();
            }
            waiting.add(turn);
        }
        try {
            return turn.get(waitNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return giveUpTurn(turn, new HsmUnavailableException("All " + settings.sessions()
                    + " HSM sessions were busy for " + settings.sessionWait().toMillis() + " ms", null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return giveUpTurn(turn, new HsmUnavailableException("Interrupted while waiting for an HSM session", e));
        } catch (ExecutionException e) {
            throw Failures.rethrown(e);
        }
    }

    private synchronized SessionWorker giveUpTurn(CompletableFuture<SessionWorker> turn, HsmUnavailableException why) {
        if (turn.completeExceptionally(why)) {
            waiting.removeIf(CompletableFuture::isDone);
            throw why;
        }
        return turn.join(); // it came at the last moment
    }

    private void requireOpen() {
        if (ended != null) {
            throw new HsmUnavailableException("The connection to the HSM is over", ended);
        }
    }

    private SessionWorker add() {
        started++;
        SessionWorker worker = new SessionWorker("hsm-" + started, cryptoki, slot, threads, this);
        workers.add(worker);
        return worker;
    }

    /** Takes a worker back, with or without its session. */
    synchronized void release(SessionWorker worker) {
        if (ended != null || !workers.contains(worker)) {
            worker.end();
            return;
        }
        while (!waiting.isEmpty()) {
            if (waiting.remove().complete(worker)) {
                return;
            }
        }
        if (worker.hasSession()) {
            idle.push(worker);
        } else {
            idle.add(worker);
        }
    }

    /** Does without a worker whose call never returned; another one may take its place. */
    synchronized void remove(SessionWorker worker) {
        workers.remove(worker);
        idle.remove(worker);
        serveWaiting();
    }

    private void serveWaiting() {
        while (ended == null && !waiting.isEmpty() && workers.size() < limit) {
            SessionWorker next = add();
            if (!waiting.remove().complete(next)) {
                release(next);
            }
        }
    }

    /** Does without a worker for which the token has no session, and makes do with fewer for a while. */
    synchronized boolean shrink(SessionWorker worker) {
        workers.remove(worker);
        worker.end();
        limit = Math.max(1, workers.size());
        limitHoldsUntilNanos = System.nanoTime() + LIMIT_HOLDS_FOR.toNanos();
        serveWaiting();
        return !workers.isEmpty();
    }

    void failed(CryptokiException failure) {
        whenFailed.accept(failure);
    }

    synchronized int inUse() {
        return workers.size() - idle.size();
    }

    /** Fails every call, waiting or running, and lets the threads end. Calls no native function. */
    void end(HsmUnavailableException why) {
        List<SessionWorker> all;
        List<CompletableFuture<SessionWorker>> turns;
        synchronized (this) {
            ended = why;
            all = List.copyOf(workers);
            turns = List.copyOf(waiting);
            waiting.clear();
            idle.forEach(SessionWorker::end);
            idle.clear();
        }
        turns.forEach(turn -> turn.completeExceptionally(why));
        all.forEach(worker -> worker.fail(why));
    }
}
