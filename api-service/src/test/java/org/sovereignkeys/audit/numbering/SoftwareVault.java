/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;

import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.GeneratedSecret;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.PublicSigningKey;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.Signature;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.hsm.WrappedBlob;

/** Signs in software, when it is there at all; does nothing else. */
public final class SoftwareVault implements KeyVault {
    private final KeyPair pair;
    private volatile boolean away;

    public SoftwareVault() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp384r1"));
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    void setAway(boolean isAway) {
        away = isAway;
    }

    PublicKey publicKey() {
        return pair.getPublic();
    }

    @Override
    public Signature sign(byte[] content) {
        if (away) {
            throw new HsmUnavailableException("away", null);
        }
        try {
            java.security.Signature signer = java.security.Signature.getInstance("SHA256withECDSA");
            signer.initSign(pair.getPrivate());
            signer.update(content);
            return new Signature(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public PublicSigningKey publicSigningKey() {
        return new PublicSigningKey(SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    }

    @Override
    public WrappedBlob newCustomerKey(Aad context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkCustomerKey(CustomerKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GeneratedSecret generateSecret(CustomerKey key, Aad context, RecipientKey recipient) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SignedSecret decryptSecret(CustomerKey key, Aad context, WrappedBlob encryptedSecret,
            RecipientKey recipient) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SignedBlob convertSecret(CustomerKey key, Aad source, Aad target, WrappedBlob encryptedSecret) {
        throw new UnsupportedOperationException();
    }
}
