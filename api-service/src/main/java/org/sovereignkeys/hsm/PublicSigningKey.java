/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.util.Base64;

import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The public half of {@code sig_key}: verifies what the service signs. P-384. */
public record PublicSigningKey(SubjectPublicKeyInfo keyInfo) {
    /** DER of the SubjectPublicKeyInfo (RFC 5480) in standard base64, without line breaks. */
    public String base64() {
        try {
            return Base64.getEncoder().encodeToString(keyInfo.getEncoded("DER"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
