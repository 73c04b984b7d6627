/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.security.MessageDigest;
import java.util.Arrays;

import javax.security.auth.Destroyable;

/** A secret in memory. Shows itself to nobody; wiped by {@link #destroy}. Safe for use by many threads. */
public abstract class SecretBytes implements Destroyable {
    private final byte[] secret;
    private boolean destroyed;

    /** Takes the array over: it is wiped with this. */
    protected SecretBytes(byte[] secret) {
        this.secret = secret;
    }

    /**
     * The secret: a copy, which the caller wipes.
     *
     * @throws IllegalStateException if it was destroyed
     */
    public final synchronized byte[] copyOfSecretBytes() {
        requireNotDestroyed();
        return secret.clone();
    }

    /** Whether both are the same, in a time that does not tell where they differ. */
    public final boolean matches(SecretBytes other) {
        byte[] theirs = other.copyOfSecretBytes();
        try {
            return isThis(theirs);
        } finally {
            Arrays.fill(theirs, (byte) 0);
        }
    }

    private synchronized boolean isThis(byte[] bytes) {
        requireNotDestroyed();
        return MessageDigest.isEqual(secret, bytes);
    }

    private void requireNotDestroyed() {
        if (destroyed) {
            throw new IllegalStateException("the secret was destroyed");
        }
    }

    @Override
    public final synchronized void destroy() {
        Arrays.fill(secret, (byte) 0);
        destroyed = true;
    }

    @Override
    public final synchronized boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[redacted]";
    }
}
