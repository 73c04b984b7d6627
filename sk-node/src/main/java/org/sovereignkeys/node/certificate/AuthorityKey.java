/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.security.PublicKey;

/** The authority's key pair, whose private half is elsewhere. */
public interface AuthorityKey {
    /** A key of ECDSA on P-384. */
    PublicKey publicKey();

    /** An ECDSA signature (DER) over the SHA-384 of these bytes. */
    byte[] sign(byte[] message);
}
