/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.io.Reader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.certificate.KeyPairCheck;
import org.sovereignkeys.configuration.InvalidSettingException;

/**
 * The certificate that this node shows, read anew for each handshake: a connection that is made again after months shows what
 * is valid then. While the files cannot be used, what was read before is. A handshake asks for chain and key one after the
 * other, by an alias: each certificate has its own, so that both are of one reading.
 */
final class RenewedIdentity extends X509ExtendedKeyManager {
    private static final Logger LOG = LoggerFactory.getLogger(RenewedIdentity.class);
    private final Path certificate;
    private final Path key;
    private volatile Shown shown;
    private volatile Shown shownBefore;

    private record Shown(String alias, PrivateKey key, List<X509Certificate> chain) {}

    /** Reads the files; throws {@link InvalidSettingException} if they are not what is needed. */
    RenewedIdentity(Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
        this.shown = read();
        this.shownBefore = shown;
    }

    /** Reads the files again; keeps what it has if they cannot be used. */
    synchronized void renew() {
        try {
            Shown read = read();
            if (!read.equals(shown)) {
                shownBefore = shown;
                shown = read;
            }
        } catch (InvalidSettingException e) {
            LOG.error("what was read before is used on: {}", e.getMessage());
        }
    }

    private Shown read() {
        X509Certificate[] chain = MutualTls.certificates("etcd.certificate", certificate);
        PrivateKey privateKey = privateKey();
        if (!KeyPairCheck.belongTogether(privateKey, chain[0].getPublicKey())) {
            throw new InvalidSettingException("etcd.key", key + " does not belong to the certificate " + certificate);
        }
        return new Shown(aliasOf(chain[0]), privateKey, List.of(chain));
    }

    /** Issuer and serial number name a certificate (RFC 5280 section 4.1.2.2). */
    private static String aliasOf(X509Certificate own) {
        return own.getSerialNumber() + " of " + own.getIssuerX500Principal();
    }

    /** What a handshake chose; of all that was read before, only the last is kept. */
    private Shown shown(String alias) {
        Shown before = shownBefore;
        return before.alias.equals(alias) ? before : shown;
    }

    private PrivateKey privateKey() {
        try (Reader in = Files.newBufferedReader(key); PEMParser pem = new PEMParser(in)) {
            if (pem.readObject() instanceof PrivateKeyInfo info) {
                return new JcaPEMKeyConverter().setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC")
                    .getPrivateKey(info);
            }
        } catch (IOException e) {
            throw new InvalidSettingException("etcd.key", key + " cannot be read: " + e.getClass().getSimpleName());
        }
        throw new InvalidSettingException("etcd.key", key + " is not a private key in PKCS #8 without a password"
                + " (BEGIN PRIVATE KEY); openssl pkey makes it one");
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
            @Nullable SSLEngine engine) {
        renew();
        Shown now = shown;
        return List.of(keyTypes).contains(now.key.getAlgorithm()) ? now.alias : null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
            @Nullable Socket socket) {
        return chooseEngineClientAlias(keyTypes, issuers, null);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return shown(alias).chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return shown(alias).key;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[]{shown.alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // it is no server
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
