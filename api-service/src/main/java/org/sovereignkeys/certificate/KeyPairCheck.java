/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.certificate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Finds out whether a private key is that of a certificate. */
public final class KeyPairCheck {
    private static final byte[] PROBE = "Sovereign Keys: does this key belong to that certificate?"
        .getBytes(StandardCharsets.US_ASCII);

    private KeyPairCheck() {}

    /** Whether the two belong together: what the one signs, the other verifies. */
    public static boolean belongTogether(PrivateKey key, PublicKey publicKey) {
        if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
