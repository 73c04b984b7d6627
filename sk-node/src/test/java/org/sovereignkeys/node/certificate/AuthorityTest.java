/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.X509TrustManager;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.node.store.RamStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AuthorityTest {
    private static final Subject NODE = new Subject("i-0123456789abcdef0", "10.42.0.7");
    private static final Duration DAY = Duration.ofDays(1);

    private final LocalAuthorityKey key = new LocalAuthorityKey();
    private final Authority authority = new Authority(key);
    private final Instant now = Instant.now();

    @Test
    void nodesWhoseRootsDifferInTheSignatureBelieveEachOther() throws Exception {
        Authority elsewhere = new Authority(key);
        X509Certificate here = authority.certificate();
        X509Certificate there = elsewhere.certificate();
        assertThat(here.getSignature()).isNotEqualTo(there.getSignature());
        assertThat(here.getTBSCertificate()).isEqualTo(there.getTBSCertificate());

        assertBelieved(here, issue(elsewhere));
        assertBelieved(there, issue(authority));
    }

    @Test
    void anAuthorityOfTheSameNameAndAnotherKeyIsNotBelieved() throws Exception {
        Authority selfMade = new Authority(new LocalAuthorityKey());
        assertThat(selfMade.certificate().getSubjectX500Principal())
            .isEqualTo(authority.certificate().getSubjectX500Principal());
        assertRefused(authority.certificate(), issue(selfMade), "does not chain");
        assertRefused(selfMade.certificate(), issue(authority), "does not chain");
    }

    @Test
    void whatIsOverOrNotYetBegunIsNotBelieved() throws Exception {
        X509Certificate over = authority.issue(newKey(), NODE, now.minus(DAY).minusSeconds(1), DAY);
        assertRefused(authority.certificate(), over, "NotAfter");
        X509Certificate early = authority.issue(newKey(), NODE, now.plus(DAY), DAY);
        assertRefused(authority.certificate(), early, "NotBefore");
    }

    @Test
    void whoHasACertificateIsNoAuthority() throws Exception {
        KeyPair keys = newKeys();
        X509Certificate ofNode = authority.issue(keys.getPublic(), NODE, now, DAY);
        assertThat(ofNode.getBasicConstraints()).isEqualTo(-1);
        assertThat(authority.certificate().getBasicConstraints()).isZero();
    }

    @Test
    void aCertificateIsForItsInstanceAndAddress() throws Exception {
        X509Certificate ofNode = issue(authority);
        assertThat(ofNode.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(ofNode.getSubjectAlternativeNames())
            .containsExactlyInAnyOrder(List.of(7, NODE.address()), List.of(7, "127.0.0.1"), List.of(2, "localhost"));
        assertThat(Subject.instanceAt(ofNode, NODE.address())).hasValue(NODE.instance());
        assertThat(Subject.instanceAt(ofNode, "10.42.0.8")).isEmpty();
    }

    @Test
    void aKeyThatSignsForAnotherIsNoticedAtOnce() {
        LocalAuthorityKey another = new LocalAuthorityKey();
        assertThatThrownBy(() -> new Authority(new AuthorityKey() {
            @Override
            public PublicKey publicKey() {
                return key.publicKey();
            }

            @Override
            public byte[] sign(byte[] message) {
                return another.sign(message);
            }
        })).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCertificateIsRenewedInPlaceAtHalfItsLife(@TempDir Path folder) throws IOException {
        RamStore store = new RamStore(folder.resolve("node"), true);
        Identity identity = new Identity(store, () -> authority, NODE, DAY, now);
        X509Certificate first = identity.current().certificate();
        assertThat(identity.isDue(now.plus(Duration.ofHours(11)))).isFalse();
        assertThat(identity.isDue(now.plus(Duration.ofHours(12)))).isTrue();
        byte[] key = store.read(Identity.KEY).orElseThrow();
        byte[] certificate = store.read(Identity.CERTIFICATE).orElseThrow();

        identity.renew(now.plus(Duration.ofHours(12)));

        assertThat(identity.current().certificate().getNotAfter()).isAfter(first.getNotAfter());
        assertThat(store.read(Identity.KEY)).hasValue(key);
        assertThat(store.read(Identity.CERTIFICATE).orElseThrow()).isNotEqualTo(certificate);
        assertThat(identity.current().toString()).doesNotContain("PrivateKey");

        identity.wipe();
        assertThat(store.read(Identity.KEY)).isEmpty();
        assertThat(store.read(Identity.CERTIFICATE)).isEmpty();
    }

    @Test
    void aCertificateThatIsNotYetValidIsDueToo(@TempDir Path folder) throws IOException {
        Identity identity = new Identity(new RamStore(folder.resolve("node"), true), () -> authority, NODE, DAY, now);
        assertThat(identity.isDue(now.minus(Duration.ofMinutes(4)))).isFalse();
        assertThat(identity.isDue(now.minus(Duration.ofMinutes(6)))).as("the clock was set back").isTrue();
    }

    private X509Certificate issue(Authority issuer) throws Exception {
        return issuer.issue(newKey(), NODE, now, DAY);
    }

    private static PublicKey newKey() throws Exception {
        return newKeys().getPublic();
    }

    private static KeyPair newKeys() throws Exception {
        return KeyPairGenerator.getInstance("EC").generateKeyPair();
    }

    private static void assertBelieved(X509Certificate root, X509Certificate shown) {
        assertThatCode(() -> trust(root).checkClientTrusted(new X509Certificate[]{shown}, "EC"))
            .doesNotThrowAnyException();
        assertThatCode(() -> trust(root).checkServerTrusted(new X509Certificate[]{shown}, "ECDHE_ECDSA"))
            .doesNotThrowAnyException();
    }

    private static void assertRefused(X509Certificate root, X509Certificate shown, String reason) {
        assertThatThrownBy(() -> trust(root).checkClientTrusted(new X509Certificate[]{shown}, "EC"))
            .isInstanceOf(CertificateException.class)
            .hasStackTraceContaining(reason);
        assertThatThrownBy(() -> trust(root).checkServerTrusted(new X509Certificate[]{shown}, "ECDHE_ECDSA"))
            .isInstanceOf(CertificateException.class);
    }

    private static X509TrustManager trust(X509Certificate root) {
        KeyPair keys;
        try {
            keys = newKeys();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return (X509TrustManager) new MutualTls(new Credentials(keys.getPrivate(), root, root)).trustManager();
    }
}
