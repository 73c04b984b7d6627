/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;

import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.certificate.KeyPairCheck;
import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.configuration.InvalidSettingException;

/**
 * TLS in which both sides show a certificate. gRPC compares the member's with the host that the setting names, and offers
 * only suites with forward secrecy. The files are read again for each new client, so that they can be renewed.
 */
final class MutualTls implements Consumer<ClientBuilder> {
    private static final Logger LOG = LoggerFactory.getLogger(MutualTls.class);

    private final Path ca;
    private final Path certificate;
    private final Path key;
    private SslContext last;

    /** Reads the files; throws {@link InvalidSettingException} if they are not what is needed. */
    MutualTls(EtcdSettings settings) {
        this.ca = required("etcd.ca", settings.ca());
        this.certificate = required("etcd.certificate", settings.certificate());
        this.key = required("etcd.key", settings.key());
        this.last = read();
    }

    @Override
    public synchronized void accept(ClientBuilder builder) {
        try {
            last = read();
        } catch (InvalidSettingException e) {
            LOG.error("what was read before is used on: {}", e.getMessage());
        }
        builder.sslContext(last);
    }

    private static Path required(String setting, @Nullable Path file) {
        if (file == null) {
            throw new InvalidSettingException(setting,
                    "is not set; etcd.ca, etcd.certificate and etcd.key are needed to reach etcd");
        }
        return file;
    }

    private SslContext read() {
        X509Certificate[] chain = certificates("etcd.certificate", certificate);
        PrivateKey privateKey = privateKey();
        if (!KeyPairCheck.belongTogether(privateKey, chain[0].getPublicKey())) {
            throw new InvalidSettingException("etcd.key", key + " does not belong to the certificate " + certificate);
        }
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(certificates("etcd.ca", ca))
                .keyManager(privateKey, chain)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSettingException("etcd.certificate", certificate + " cannot be used: " + e, e);
        }
    }

    private static X509Certificate[] certificates(String setting, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(in)
                .toArray(X509Certificate[]::new);
            if (certificates.length > 0) {
                return certificates;
            }
        } catch (IOException | CertificateException e) {
            throw new InvalidSettingException(setting, file + " cannot be read as certificates: " + e, e);
        }
        throw new InvalidSettingException(setting, file + " holds no certificate");
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
}
