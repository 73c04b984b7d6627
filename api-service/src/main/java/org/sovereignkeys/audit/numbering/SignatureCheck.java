/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

import org.sovereignkeys.hsm.PublicSigningKey;
import org.sovereignkeys.hsm.Signature;

/** Verifies, outside the HSM, what it signed. */
final class SignatureCheck {
    private SignatureCheck() {}

    /** Whether that is a signature over the SHA-256 of the content. */
    static boolean verifies(PublicSigningKey key, byte[] content, Signature signature) {
        try {
            java.security.Signature verifier = java.security.Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(publicKey(key));
            verifier.update(content);
            return verifier.verify(signature.bytes());
        } catch (SignatureException notInDer) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the signing key cannot be used", e);
        }
    }

    private static PublicKey publicKey(PublicSigningKey key) throws GeneralSecurityException {
        byte[] der = Base64.getDecoder().decode(key.base64());
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
    }
}
