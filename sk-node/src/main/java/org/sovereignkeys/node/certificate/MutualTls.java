/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import io.grpc.util.AdvancedTlsX509KeyManager;

/** TLS in which both sides show a certificate of the authority. A renewed one is shown from the next handshake on. */
public final class MutualTls {
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final X509TrustManager trust;
    private final SSLContext context;

    public MutualTls(Credentials credentials) {
        try {
            renew(credentials);
            trust = trusting(credentials.authority());
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[]{keys}, new TrustManager[]{trust}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS does not take the certificate", e);
        }
    }

    public SSLContext context() {
        return context;
    }

    public KeyManager keyManager() {
        return keys;
    }

    public TrustManager trustManager() {
        return trust;
    }

    public void renew(Credentials credentials) {
        keys.updateIdentityCredentials(new X509Certificate[]{credentials.certificate()}, credentials.key());
    }

    private static X509TrustManager trusting(X509Certificate authority) throws GeneralSecurityException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
