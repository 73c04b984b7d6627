/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.Arrays;

import javax.security.auth.Destroyable;

/** The private key of the HSM client's certificate, as the operator gave it. Shows itself to nobody. */
public final class ClientKey implements Destroyable {
    private final byte[] pem;
    private boolean destroyed;

    private ClientKey(byte[] pem) {
        this.pem = pem;
    }

    /** Takes a copy of the PEM text; wiping theirs stays the caller's duty. */
    public static ClientKey of(byte[] pem) {
        return new ClientKey(pem.clone());
    }

    /** The PEM text: a copy of the secret, which the caller wipes. */
    public synchronized byte[] copyOfSecretBytes() {
        if (destroyed) {
            throw new IllegalStateException("the client key was destroyed");
        }
        return pem.clone();
    }

    /** Another holder of the same key, to be destroyed on its own. */
    public ClientKey copy() {
        return new ClientKey(copyOfSecretBytes());
    }

    @Override
    public synchronized void destroy() {
        Arrays.fill(pem, (byte) 0);
        destroyed = true;
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public String toString() {
        return "ClientKey[redacted]";
    }
}
