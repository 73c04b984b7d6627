/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKeyRejectedException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

/** A thread and its session, which is opened when first needed and thrown away with the first failure. */
final class SessionWorker {
    private final Cryptoki cryptoki;
    private final long slot;
    private final SessionPool pool;
    private final NativeThread thread;
    private volatile @Nullable Session session;
    private volatile @Nullable CompletableFuture<?> running;

    /** A use case, or any other sequence of calls in one session. */
    @FunctionalInterface
    interface Task<T> {
        T run(Workspace workspace);
    }

    SessionWorker(String name, Cryptoki cryptoki, long slot, NativeThreads threads, SessionPool pool) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.pool = pool;
        this.thread = threads.start(name, () -> pool.remove(this));
    }

    boolean hasSession() {
        return session != null;
    }

    /** Lets the thread end when it is idle. */
    void end() {
        thread.end();
    }

    /** Fails what runs now for its caller; the thread goes on until the native call returns. */
    void fail(HsmUnavailableException why) {
        CompletableFuture<?> result = running;
        if (result != null) {
            result.completeExceptionally(why);
        }
    }

    /** Runs a task. Its result is completed by the task, or before it by whoever waits no longer. */
    <T> CompletableFuture<T> submit(Task<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        running = result;
        thread.execute(() -> run(task, result));
        return result;
    }

    private <T> void run(Task<T> task, CompletableFuture<T> result) {
        T value;
        try {
            value = runInSession(task, result);
        } catch (Throwable e) { // an Error too must reach the caller
            RuntimeException failure = Failures.translated(e);
            if (failure instanceof NoSessionException none && !pool.shrink(this)) {
                failure = new HsmUnavailableException("The HSM gives no session: " + none.getMessage(), none);
            }
            result.completeExceptionally(failure);
            if (!(e instanceof NoSessionException)) {
                putBack(isAnswer(e));
            }
            if (e instanceof CryptokiException code) {
                pool.failed(code);
            }
            return;
        }
        putBack(true);
        result.complete(value);
    }

    /** The session is sound after an answer that only says no. */
    private static boolean isAnswer(Throwable e) {
        return e instanceof BlobRejectedException || e instanceof CustomerKeyRejectedException
                || e instanceof RecipientKeyRejectedException;
    }

    private void putBack(boolean sound) {
        if (!sound || thread.givenUp()) {
            discardSession();
        }
        running = null;
        pool.release(this);
    }

    /** A lost session shows itself in the first call; a task has no effect outside the HSM, so it runs once more. */
    private <T> T runInSession(Task<T> task, CompletableFuture<T> result) {
        boolean reused = session != null;
        try {
            return runOnce(task, result);
        } catch (CryptokiException e) {
            if (!reused || e.meaning() != Meaning.SESSION_LOST) {
                throw e;
            }
            discardSession();
            return runOnce(task, result);
        }
    }

    private <T> T runOnce(Task<T> task, CompletableFuture<T> result) {
        Workspace workspace = new Workspace(openedSession(), () -> !result.isDone());
        try (workspace) {
            return task.run(workspace);
        } finally {
            if (!workspace.clean()) {
                discardSession();
            }
        }
    }

    private Session openedSession() {
        Session current = session;
        if (current == null) {
            try {
                current = cryptoki.openUserSession(slot);
            } catch (CryptokiException e) {
                if (e.meaning() == Meaning.BUSY) {
                    throw new NoSessionException(e);
                }
                throw e;
            }
            session = current;
        }
        return current;
    }

    private void discardSession() {
        Session current = session;
        session = null;
        if (current != null) {
            current.close();
        }
    }
}
