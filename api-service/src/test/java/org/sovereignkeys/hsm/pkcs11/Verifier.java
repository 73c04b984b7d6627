/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Sequence;

import org.sovereignkeys.hsm.PublicSigningKey;

/** Checks signatures with the JDK's own ECDSA. */
record Verifier(PublicKey key) {
    static Verifier of(PublicSigningKey key) {
        try {
            return new Verifier(KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key.base64()))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean accepts(byte[] content, org.sovereignkeys.hsm.Signature signature) {
        try {
            Signature ecdsa = Signature.getInstance("SHA256withECDSA");
            ecdsa.initVerify(key);
            ecdsa.update(content);
            return ecdsa.verify(signature.bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it is the DER of what it says, which for an integer is the shortest form. */
    static boolean isMinimalDer(org.sovereignkeys.hsm.Signature signature) {
        try {
            return Arrays.equals(ASN1Sequence.getInstance(signature.bytes()).getEncoded(ASN1Encoding.DER),
                    signature.bytes());
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
