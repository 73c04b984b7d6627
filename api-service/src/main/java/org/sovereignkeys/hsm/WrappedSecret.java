/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/** A secret under the instance's one-time RSA key: RSA-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 8017, 7.1). */
public final class WrappedSecret extends OpaqueBytes {
    /** Takes the ciphertext, as long as the RSA modulus: 384 to 512 bytes. */
    public WrappedSecret(byte[] bytes) {
        super(bytes);
    }
}
