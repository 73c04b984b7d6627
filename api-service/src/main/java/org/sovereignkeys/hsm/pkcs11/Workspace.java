/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;
import sun.security.pkcs11.wrapper.CK_MECHANISM;

import org.sovereignkeys.hsm.HsmUnavailableException;

/** A session during one use case: what is made in it is destroyed at its end. */
final class Workspace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    private final Session session;
    private final BooleanSupplier wanted;
    private final Deque<Long> objects = new ArrayDeque<>();
    private boolean clean = true;

    /** Works until nobody wants the result any more. */
    Workspace(Session session, BooleanSupplier wanted) {
        this.session = session;
        this.wanted = wanted;
    }

    /** The session, for calls that make no object. */
    Session session() {
        if (!wanted.getAsBoolean()) {
            throw new HsmUnavailableException("Nobody waits for the HSM's answer any more", null);
        }
        return session;
    }

    long generateKey(CK_MECHANISM mechanism, CK_ATTRIBUTE[] template) {
        return own(session().generateKey(mechanism, template));
    }

    long createObject(CK_ATTRIBUTE[] template) {
        return own(session().createObject(template));
    }

    long deriveKey(CK_MECHANISM mechanism, long base, CK_ATTRIBUTE[] template) {
        return own(session().deriveKey(mechanism, base, template));
    }

    long unwrapKey(CK_MECHANISM mechanism, long unwrappingKey, byte[] wrapped, CK_ATTRIBUTE[] template) {
        return own(session().unwrapKey(mechanism, unwrappingKey, wrapped, template));
    }

    private long own(long object) {
        objects.push(object);
        return object;
    }

    /** Destroys an object before the end. */
    void destroy(long object) {
        if (objects.remove(object)) {
            tryToDestroy(object);
        }
    }

    /** Leaves an object to somebody who keeps it for longer. */
    long release(long object) {
        objects.remove(object);
        return object;
    }

    /** False if an object may be left, which only closing the session destroys. */
    boolean clean() {
        return clean;
    }

    @Override
    public void close() {
        while (!objects.isEmpty()) {
            tryToDestroy(objects.pop());
        }
    }

    private void tryToDestroy(long object) {
        if (session.lost()) {
            clean = false;
            return;
        }
        try {
            session.destroy(object);
        } catch (CryptokiException | HsmUnavailableException e) {
            clean = false;
            LOG.debug("An object was not destroyed: {}", e.getMessage());
        }
    }
}
