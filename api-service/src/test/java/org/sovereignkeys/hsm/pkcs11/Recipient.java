/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

import org.sovereignkeys.hsm.OpaqueBytes;
import org.sovereignkeys.hsm.RecipientKey;

/** An instance's one-time key, as the instance has it: opens what the HSM wrapped, with the JDK's own RSA. */
record Recipient(RecipientKey key, PrivateKey privateKey) {
    private static final Recipient OF_3072_BITS = generate(3072);

    /** A key made for this run: making one takes seconds. */
    static Recipient of3072Bits() {
        return OF_3072_BITS;
    }

    /** The key of 4096 bits for which the original system wrapped. */
    static Recipient ofVectors() {
        try {
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Vectors.pem("original/recipient-rsa-private-key.pem")));
            return new Recipient(new RecipientKey(key.getModulus(), key.getPublicExponent()), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Recipient generate(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            KeyPair pair = generator.generateKeyPair();
            return new Recipient(RecipientKey.ofDer(pair.getPublic().getEncoded()), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] open(OpaqueBytes wrapped) {
        return open(wrapped.bytes());
    }

    byte[] open(byte[] wrapped) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.DECRYPT_MODE, privateKey, new OAEPParameterSpec("SHA-256", "MGF1",
                    MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
            return cipher.doFinal(wrapped);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
