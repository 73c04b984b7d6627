/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Looks into the PEM of a private key: PKCS #8 (RFC 5958), PKCS #1 (RFC 8017) or SEC 1 (RFC 5915), not encrypted. */
final class PrivateKeyPem {
    private PrivateKeyPem() {}

    /** Reads the key; throws {@link ClusterException}, with a sentence, if there is none that can be used. */
    static PrivateKey read(byte[] pem) {
        try (PEMParser parser = new PEMParser(
                new InputStreamReader(new ByteArrayInputStream(pem), StandardCharsets.ISO_8859_1))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                switch (block) {
                    case PrivateKeyInfo info -> {
                        return converter().getPrivateKey(info);
                    }
                    case PEMKeyPair pair -> {
                        return converter().getPrivateKey(pair.getPrivateKeyInfo());
                    }
                    case PKCS8EncryptedPrivateKeyInfo _ -> throw encrypted();
                    case PEMEncryptedKeyPair _ -> throw encrypted();
                    default -> {
                        // EC parameters before their key, say
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ClusterException refusal) {
                throw refusal;
            }
            throw noKey(); // without the cause: its message might quote the key
        }
        throw noKey();
    }

    /** The JDK knows elliptic curve keys as EC, where the converter would ask for ECDSA. */
    private static JcaPEMKeyConverter converter() {
        return new JcaPEMKeyConverter().setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC");
    }

    private static ClusterException encrypted() {
        return ClusterException.refused(
                "The client key is encrypted. Decrypt it first: openssl pkey -in client.key, piped into this call.");
    }

    private static ClusterException noKey() {
        return ClusterException.refused("The body is not the PEM of a private key (PKCS #8, PKCS #1 or SEC 1).");
    }
}
