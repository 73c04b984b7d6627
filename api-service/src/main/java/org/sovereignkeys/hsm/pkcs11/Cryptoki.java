/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.security.pkcs11.wrapper.CK_SESSION_INFO;
import sun.security.pkcs11.wrapper.PKCS11;
import sun.security.pkcs11.wrapper.PKCS11Constants;
import sun.security.pkcs11.wrapper.PKCS11Exception;

import org.sovereignkeys.hsm.HsmUnavailableException;

/**
 * The library for one generation: from a login until the connection is lost. Handles start again after an
 * initialisation, so none may outlive its generation. Every native call passes here: once the generation is over no call
 * starts, and what a call still in flight returns is thrown away.
 */
final class Cryptoki {
    private static final Logger LOG = LoggerFactory.getLogger(Cryptoki.class);
    private static final long SESSION_FLAGS = PKCS11Constants.CKF_SERIAL_SESSION | PKCS11Constants.CKF_RW_SESSION;

    private final PKCS11 library;
    private final MeterRegistry meters;
    private final ConcurrentMap<Long, Session> sessions = new ConcurrentHashMap<>();
    private volatile boolean over;
    private volatile long lastAnswerNanos = System.nanoTime();

    Cryptoki(PKCS11 library, MeterRegistry meters) {
        this.library = library;
        this.meters = meters;
    }

    /** A native call that returns something. */
    @FunctionalInterface
    interface NativeCall<T> {
        T on(PKCS11 library) throws PKCS11Exception;
    }

    /** A native call that returns nothing. */
    @FunctionalInterface
    interface NativeAction {
        void on(PKCS11 library) throws PKCS11Exception;
    }

    /**
     * Calls the library on the current native thread.
     *
     * @throws CryptokiException if it does not return CKR_OK
     * @throws HsmUnavailableException if the generation is over
     */
    <T> T call(String function, NativeCall<T> call) {
        NativeThread thread = NativeThread.current();
        long started = System.nanoTime();
        String outcome = "thrown";
        T result;
        thread.callStarts(function); // before the check: who ends the generation looks for calls afterwards
        try {
            requireCurrent();
            result = call.on(library);
            outcome = "CKR_OK";
        } catch (PKCS11Exception e) {
            ReturnCode code = ReturnCode.of(e);
            outcome = code.name();
            LOG.debug("{} returned {}", function, outcome);
            throw new CryptokiException(function, code, e);
        } finally {
            thread.callEnds();
            meters.timer("sovereign_keys.hsm.call", "function", function, "outcome", outcome)
                .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        }
        requireCurrent();
        lastAnswerNanos = System.nanoTime();
        return result;
    }

    /** Calls a function that returns nothing. */
    void run(String function, NativeAction action) {
        call(function, library -> {
            action.on(library);
            return true;
        });
    }

    private void requireCurrent() {
        if (over) {
            throw new HsmUnavailableException("The connection to the HSM was lost during the call", null);
        }
    }

    /** Opens a session, in whatever state of login the token is. */
    Session openSession(long slot) {
        long handle = call("C_OpenSession", library -> library.C_OpenSession(slot, SESSION_FLAGS, null, null));
        Session session = new Session(this, handle);
        Session former = sessions.put(handle, session);
        if (former != null) {
            former.lose(); // the token reused the number, so the former session is gone
        }
        return session;
    }

    /**
     * Opens a session and checks that it is logged in.
     *
     * @throws CryptokiException which says that the login is lost, if it is not
     */
    Session openUserSession(long slot) {
        Session session = openSession(slot);
        try {
            session.requireLogin();
            return session;
        } catch (RuntimeException e) {
            close(session);
            throw e;
        }
    }

    /** Closes a session and with it its objects; a session that is gone is only forgotten. */
    void close(Session session) {
        if (!sessions.remove(session.handle(), session)) {
            return; // closing the number could close its new owner's session
        }
        session.lose();
        try {
            run("C_CloseSession", library -> library.C_CloseSession(session.handle()));
        } catch (CryptokiException | HsmUnavailableException e) {
            LOG.debug("A session could not be closed: {}", e.getMessage());
        }
    }

    void forget(Session session) {
        sessions.remove(session.handle(), session);
    }

    /** When the library last returned CKR_OK. */
    long lastAnswerNanos() {
        return lastAnswerNanos;
    }

    /** Ends the generation: no call starts any more. Calls in flight end when they can. */
    void end() {
        over = true;
    }

    /** Logs out and closes the sessions of a generation that is over, when no live call is in flight. */
    void release() {
        List<Session> left = List.copyOf(sessions.values());
        sessions.clear();
        if (!left.isEmpty()) {
            quietly("C_Logout", () -> library.C_Logout(left.getFirst().handle()));
        }
        for (Session session : left) {
            session.lose();
            quietly("C_CloseSession", () -> library.C_CloseSession(session.handle()));
        }
    }

    /** A native call whose failure does not matter. */
    private interface LastCall {
        void run() throws PKCS11Exception;
    }

    private static void quietly(String function, LastCall call) {
        NativeThread thread = NativeThread.current();
        thread.callStarts(function);
        try {
            call.run();
        } catch (PKCS11Exception e) {
            LOG.debug("{} returned {} at the end of the connection", function, ReturnCode.of(e).name());
        } finally {
            thread.callEnds();
        }
    }

    static boolean loggedIn(CK_SESSION_INFO info) {
        return info.state == PKCS11Constants.CKS_RW_USER_FUNCTIONS
                || info.state == PKCS11Constants.CKS_RO_USER_FUNCTIONS;
    }
}
