/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

import org.sovereignkeys.node.store.RamStore;

/** What an earlier process left in the store. */
final class StoredCredentials {
    private static final byte[] SAMPLE = new byte[32];

    private StoredCredentials() {}

    /** Nothing unless all three files belong together, are for this node, and valid now. */
    static Optional<Credentials> read(RamStore store, Subject subject, Instant now) {
        byte @Nullable [] key = store.read(Identity.KEY).orElse(null);
        byte @Nullable [] certificate = store.read(Identity.CERTIFICATE).orElse(null);
        byte @Nullable [] authority = store.read(Identity.AUTHORITY).orElse(null);
        if (key == null || certificate == null || authority == null) {
            return Optional.empty();
        }
        try {
            Credentials stored = new Credentials(key(key), certificate(certificate), certificate(authority));
            stored.certificate().checkValidity(Date.from(now));
            stored.certificate().verify(stored.authority().getPublicKey());
            boolean isOurs = Subject.instanceAt(stored.certificate(), subject.address())
                .equals(Optional.of(subject.instance()));
            return isOurs && belong(stored.key(), stored.certificate().getPublicKey())
                    ? Optional.of(stored)
                    : Optional.empty();
        } catch (IOException | GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    static X509Certificate certificate(byte[] file) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(file));
    }

    private static PrivateKey key(byte[] file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(new String(file, StandardCharsets.US_ASCII)))) {
            if (parser.readObject() instanceof PrivateKeyInfo key) {
                return new JcaPEMKeyConverter().getPrivateKey(key);
            }
            throw new IOException(Identity.KEY + " is no private key");
        }
    }

    private static boolean belong(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(SAMPLE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(SAMPLE);
        return signature.verify(signed);
    }
}
