/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.certificate.KeyPairCheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PrivateKeyPemTest {
    private static final String NO_DER = """
            -----BEGIN PRIVATE KEY-----
            QUJD
            -----END PRIVATE KEY-----
            """;
    private static final String NO_BASE64 = """
            -----BEGIN PRIVATE KEY-----
            ???
            -----END PRIVATE KEY-----
            """;
    private static final KeyPair RSA = keyPair("RSA", 2048);
    private static final KeyPair EC = keyPair("EC", 256);

    @Test
    void pkcs8IsRead() throws Exception {
        byte[] pem = pem(new JcaPKCS8Generator(RSA.getPrivate(), null));

        assertThat(KeyPairCheck.belongTogether(PrivateKeyPem.read(pem), RSA.getPublic())).isTrue();
    }

    @Test
    void pkcs1IsRead() {
        byte[] pem = pem(miscellaneous(RSA.getPrivate()));

        assertThat(new String(pem, StandardCharsets.US_ASCII)).contains("BEGIN RSA PRIVATE KEY");
        assertThat(KeyPairCheck.belongTogether(PrivateKeyPem.read(pem), RSA.getPublic())).isTrue();
    }

    @Test
    void ellipticCurveKeyIsReadBehindItsParameters() {
        String pem = """
                -----BEGIN EC PARAMETERS-----
                BggqhkjOPQMBBw==
                -----END EC PARAMETERS-----
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEEIEbLSR8ceM7JzvXPKWHwu1WMgDZrJdGPSfjrZ7fbXys5oAoGCCqGSM49
                AwEHoUQDQgAExHMlop98GydM27LvQEOz/YxDAemPDemrCOqwa6CMv10rlXZpcfzS
                akN26JZ39L+9RqvE2edgMlgtOaJs4L2UlQ==
                -----END EC PRIVATE KEY-----
                """;

        assertThat(PrivateKeyPem.read(pem.getBytes(StandardCharsets.US_ASCII)).getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void ellipticCurveKeyBelongsToItsPublicHalf() throws Exception {
        byte[] pem = pem(new JcaPKCS8Generator(EC.getPrivate(), null));

        assertThat(KeyPairCheck.belongTogether(PrivateKeyPem.read(pem), EC.getPublic())).isTrue();
    }

    @Test
    void keyOfAnotherPairDoesNotBelong() {
        assertThat(KeyPairCheck.belongTogether(keyPair("RSA", 2048).getPrivate(), RSA.getPublic())).isFalse();
    }

    @Test
    void keyOfAnotherKindDoesNotBelong() {
        assertThat(KeyPairCheck.belongTogether(EC.getPrivate(), RSA.getPublic())).isFalse();
    }

    @Test
    void publicKeyIsNoPrivateKey() {
        assertThatThrownBy(() -> PrivateKeyPem.read(pem(miscellaneous(RSA.getPublic()))))
            .isInstanceOf(ClusterException.class)
            .hasMessageStartingWith("The body is not the PEM of a private key");
    }

    @Test
    void encryptedKeyIsRefusedWithAHint() {
        String pem = """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIwu/7PqItFI8CAggA
                MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBA4ovyNIvyG0zrPwdUxzKR1BIIE
                0BQaJMn6wdIBTW04qTZ1/S6C4TKvTPc98pRrmdxWXaX8sWvLX2gHZmaK0kR5bgXj
                ym8yUUKFYEgUZmCsSyqnp8TP+2PVHkYCLrf7xHXgWxor1vmQuWRTEFki1r3CmSbx
                Sg77gvDk+J2Ea9+iXixHhta5B5z2dVwzYFtl/VfN1ZkmFQEdyXJqcmzFl8qwp0h+
                ljr0JEcVR0EmasisSlop0TKSO8Q4cG/h+YmgzlcofiljjoQLED0e2dS846r8Owb+
                VglS1kltL7NCDopUs6b04vpXaKN4wBk5RO3xmPyXsaqGDUL/r7bC/xEJ2qS0lV1R
                bcrzwOs7n72hP6TrST6AG+PqRdsnx41B5Qfz3Vg1896oJbMl/uoWFBn3NzHpQN/d
                JRWqXOapSVu3KmxoDlZAinCGNdZrjV8OBlHTpGGUGTsCYWbRF0xLq0E0i72YWy7w
                GvBje9RrLu67GtOaVhjVcVOSbzxHtac3uAmm7RsN93AyufSQpkOxwai/0WbFaxQU
                3oSXvwd12Fl4JruU3jbphUn36MkERrahioXLeNCpJug2z4Ek8ja7CKFHEZ0ZDZEf
                N5LgEV73uTX5/vcrUyEiD8uwTsG8uFOptYJjMXgerwHLY79cK4ybsWZrqtqI1dmi
                EITmZr/0idzKue3SXpGXM7cMuXW7zjJjRdFIXVtH5NH/lNp2wOIVG9/Yu3xLr9CE
                7sJe6TSdiZe2/Nx/J6vMNE7cquoZTjPLB5k5EAPZX6zHM+X6WuJFT8h8pLpHJ4y9
                Td6SvThcZXbmI/3CH/GhTgkgVrryNrb/hO0PSdLKueXT7PdGJcdQYtUMQjxwPKbC
                2H5KHII/wffrWkObyFiE6j81yS0ZFeMAT7IaykLpnzDlkkTlc1PrF70nF4HpixAN
                I2/wK3EVChFl3ZCsTrJO+pTIlidTIo3iX/E8wZRiE7UnBnHnEXqwUy7WkGMw4Xag
                rdyCoQYILGERDqDPQHNsZ8zo3joRo6IQqcVvYwmLlIukev/LP5BTHj+jQzA/hm1l
                FAtDAOP5OvbHNyiZ8zssgtGuY/cLRsu1KNfshvepE93nKCcRuTa8LgLtJQNVa8Hv
                kr2xsef02x46wiwxiF1clY/O+DAGNxA1s1MiaHRMi/VCkUeJE+knsyssfI8TTTnW
                W3o1vHLibqvxL1adCA7dMTpMlpRqWvrzrD6WUj3TxfMfSFzkLmgKOeRAqls5lPYr
                /jV0MktEv4BvPW3SbAogHBrncBl9AJbDjNn82TY+9eY82kLbOLHSWe24mdhMAf2C
                2bMlQaG4Dhr3FS0lggFY/uGXXPwmnj/OIzWEATQOnyUPAYScwT/6J33opP5/OmGT
                pf590VQNrA/fOWHk21ZTMX8Oa73qlofWSHF9uwDU6oZmXWfoLtrUXcYyglZ8fGIb
                QkhV4fVOxZg/gAewrmq5B9CMKIeYn57M1vaoQJAjz6f+jZw/QxO28A7rne+ygSac
                JtOffiYlBbHstnmsNqApr4nSp9rPCUiFH3bpbPO6RscFAPIJ6gxHUHrfUOb/bzyl
                8um/8YldSswaBQIUitf+ThZuZA8DOBi9WwDKX+8nfxH7/lL6vnE/SBwjmSnkKegn
                5hUYLBlzo9wpX33eCYFNsxOzVRlHC35zovSeNL51WPl9
                -----END ENCRYPTED PRIVATE KEY-----
                """;

        assertThatThrownBy(() -> PrivateKeyPem.read(pem.getBytes(StandardCharsets.US_ASCII)))
            .isInstanceOf(ClusterException.class)
            .hasMessageContaining("encrypted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rubbish", "-----BEGIN PRIVATE KEY-----", NO_DER, NO_BASE64, "\u0000\u0001"})
    void whatIsNoKeyIsRefusedWithoutQuotingIt(String body) {
        assertThatThrownBy(() -> PrivateKeyPem.read(body.getBytes(StandardCharsets.ISO_8859_1)))
            .isInstanceOf(ClusterException.class)
            .hasNoCause()
            .hasMessage("The body is not the PEM of a private key (PKCS #8, PKCS #1 or SEC 1).");
    }

    private static byte[] pem(PemObjectGenerator content) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static PemObjectGenerator miscellaneous(Object key) {
        try {
            return new JcaMiscPEMGenerator(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair keyPair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
