/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.Arrays;
import java.util.function.BiConsumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

/** A generation at work: logged in, its keys found. All handles belong to it and end with it. */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int PROBE_SIZE_BYTES = 8;

    private final Cryptoki cryptoki;
    private final long slot;
    private final ServiceKeys keys;
    private final SessionPool pool;
    private final CustomerKeyCache cache;
    private final SecretOperations operations;
    private volatile Session anchor;
    private volatile long lastServedNanos = System.nanoTime();

    private Link(Cryptoki cryptoki, long slot, Session anchor, ServiceKeys keys, Dialect dialect,
            HsmSettings settings, NativeThreads threads, BiConsumer<Link, CryptokiException> whenFailed) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.anchor = anchor;
        this.keys = keys;
        this.pool = new SessionPool(cryptoki, slot, settings, threads,
                failure -> whenFailed.accept(this, failure));
        Sealing sealing = new Sealing(dialect);
        this.cache = new CustomerKeyCache(cryptoki, slot, sealing, keys.domainKey(), threads, settings);
        this.operations = new SecretOperations(sealing, keys, cache);
    }

    /**
     * Logs in, finds the keys and tries them, on a native thread. The session of the login stays open and holds it.
     *
     * @throws CryptokiException if a function fails, C_Login for a wrong PIN among them
     */
    static Link open(Cryptoki cryptoki, Dialect dialect, HsmSettings settings, NativeThreads threads, Pin pin,
            FirstKeyPermit permit, BiConsumer<Link, CryptokiException> whenFailed) {
        long slot = slot(cryptoki, settings);
        Session anchor = cryptoki.openSession(slot);
        boolean done = false;
        try {
            login(anchor, pin);
            anchor.requireLogin();
            Link link = new Link(cryptoki, slot, anchor, new KeyFinder(anchor, permit).find(), dialect, settings,
                    threads, whenFailed);
            link.rehearse();
            done = true;
            return link;
        } finally {
            if (!done) {
                cryptoki.end();
                releaseUnlessLate(cryptoki);
            }
        }
    }

    /** A thread that was given up leaves its session alone: the number may be another's by now. */
    private static void releaseUnlessLate(Cryptoki cryptoki) {
        if (!NativeThread.current().givenUp()) {
            cryptoki.release();
        }
    }

    private static long slot(Cryptoki cryptoki, HsmSettings settings) {
        Long configured = settings.slot();
        if (configured != null) {
            return configured;
        }
        long[] slots = cryptoki.call("C_GetSlotList", p -> p.C_GetSlotList(true));
        if (slots.length == 0) {
            throw new HsmUnavailableException(
                    "The PKCS#11 library sees no HSM: check the HSM, the network and the vendor's configuration", null);
        }
        return slots[0];
    }

    /** Whoever is logged in here is a leftover of a former attempt, and hides whether the PIN is right. */
    private static void login(Session session, Pin pin) {
        try {
            session.login(pin);
        } catch (CryptokiException e) {
            if (e.meaning() != Meaning.ALREADY_LOGGED_IN) {
                throw e;
            }
            LOG.debug("A former login is ended, to test the PIN");
            endLogin(session);
            session.login(pin);
        }
    }

    private static void endLogin(Session session) {
        try {
            session.logout();
        } catch (CryptokiException e) {
            LOG.debug("The former login did not end: {}", e.getMessage());
        }
    }

    SessionPool pool() {
        return pool;
    }

    CustomerKeyCache cache() {
        return cache;
    }

    SecretOperations operations() {
        return operations;
    }

    ServiceKeys keys() {
        return keys;
    }

    /** When the library last returned CKR_OK. */
    long lastAnswerNanos() {
        return cryptoki.lastAnswerNanos();
    }

    /** When a use case that needs all the HSM's functions was last served, or rehearsed. */
    long lastServedNanos() {
        return lastServedNanos;
    }

    void served() {
        lastServedNanos = System.nanoTime();
    }

    /**
     * Asks the HSM whether it serves this login, on a native thread. A session that was lost alone is replaced.
     *
     * @param rehearsal whether to go through all that a use case asks of the HSM
     * @throws CryptokiException if it does not
     */
    void probe(boolean rehearsal) {
        try {
            probeAnchor(rehearsal);
        } catch (CryptokiException e) {
            if (e.meaning() == Meaning.DEVICE_LOST || e.meaning() == Meaning.LOGIN_LOST) {
                throw e;
            }
            anchor.close();
            anchor = cryptoki.openUserSession(slot);
            probeAnchor(rehearsal);
        }
    }

    private void probeAnchor(boolean rehearsal) {
        anchor.requireLogin();
        if (rehearsal) {
            rehearse();
        } else {
            Arrays.fill(anchor.random(PROBE_SIZE_BYTES), (byte) 0);
        }
    }

    private void rehearse() {
        try (Workspace workspace = new Workspace(anchor, () -> true)) {
            operations.rehearse(workspace);
        }
        served();
    }

    /** Ends the generation: fails its calls and starts none. Blocks nowhere. */
    void end(HsmUnavailableException why) {
        cryptoki.end();
        pool.end(why);
        cache.end();
    }
}
