/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import org.sovereignkeys.hsm.SecretBytes;

/** The private key of the HSM client's certificate, in PEM, as the operator gave it. */
public final class ClientKey extends SecretBytes {
    private ClientKey(byte[] pem) {
        super(pem);
    }

    /** Takes a copy of the PEM text; wiping theirs stays the caller's duty. */
    public static ClientKey of(byte[] pem) {
        return new ClientKey(pem.clone());
    }

    /** Another holder of the same key, to be destroyed on its own. */
    public ClientKey copy() {
        return new ClientKey(copyOfSecretBytes());
    }
}
