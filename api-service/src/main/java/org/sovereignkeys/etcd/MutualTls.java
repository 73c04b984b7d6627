/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;

import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.configuration.InvalidSettingException;

/**
 * TLS in which both sides show a certificate. gRPC compares the member's with the host that the setting names, and offers
 * only suites with forward secrecy. The files can be renewed: this node's are read again for each handshake, the authority's
 * for each new client.
 */
final class MutualTls implements Consumer<ClientBuilder> {
    private static final Logger LOG = LoggerFactory.getLogger(MutualTls.class);

    private final Path ca;
    private final Path certificate;
    private final RenewedIdentity identity;
    private SslContext last;

    /** Reads the files; throws {@link InvalidSettingException} if they are not what is needed. */
    MutualTls(EtcdSettings settings) {
        this.ca = required("etcd.ca", settings.ca());
        this.certificate = required("etcd.certificate", settings.certificate());
        this.identity = new RenewedIdentity(certificate, required("etcd.key", settings.key()));
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
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(certificates("etcd.ca", ca))
                .keyManager(identity)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSettingException("etcd.certificate", certificate + " cannot be used: " + e, e);
        }
    }

    static X509Certificate[] certificates(String setting, Path file) {
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
}
