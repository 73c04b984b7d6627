/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Random;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RecipientKeyTest {
    private static final BigInteger F4 = BigInteger.valueOf(65537);

    /** An odd number of so many bits; nobody tells it from a modulus without factoring it. */
    private static BigInteger modulus(int bits) {
        return BigInteger.TWO.pow(bits - 1).add(BigInteger.valueOf(12345));
    }

    private static byte[] der(BigInteger modulus, BigInteger exponent) {
        try {
            return new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new RSAPublicKey(modulus, exponent))
                .getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertRefused(byte[] der) {
        assertThatThrownBy(() -> RecipientKey.ofDer(der)).isInstanceOf(RecipientKeyRejectedException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {3072, 3073, 3080, 4095, 4096})
    void keysOf3072To4096BitsAreTaken(int bits) {
        assertThat(RecipientKey.ofDer(der(modulus(bits), F4))).isEqualTo(new RecipientKey(modulus(bits), F4));
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 2048, 3071, 4097, 4104, 8192})
    void otherSizesAreRefused(int bits) {
        assertRefused(der(modulus(bits), F4));
    }

    @Test
    void anEvenModulusIsRefused() {
        assertRefused(der(modulus(4096).add(BigInteger.ONE), F4));
    }

    @Test
    void aNegativeModulusIsRefused() {
        assertRefused(der(modulus(4096).negate(), F4));
        assertRefused(der(modulus(4096).negate().subtract(BigInteger.TWO), F4));
    }

    @ParameterizedTest
    @ValueSource(longs = {-65537, 0, 1, 3, 17, 65535, 65538})
    void smallAndEvenExponentsAreRefused(long exponent) {
        assertRefused(der(modulus(4096), BigInteger.valueOf(exponent)));
    }

    @Test
    void aHugeExponentIsRefused() {
        assertRefused(der(modulus(3072), BigInteger.TWO.pow(3072).add(BigInteger.ONE)));
        assertThat(RecipientKey.ofDer(der(modulus(4096), BigInteger.TWO.pow(255).add(BigInteger.ONE)))).isNotNull();
    }

    @Test
    void anEllipticKeyIsRefused() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(384);
        assertRefused(generator.generateKeyPair().getPublic().getEncoded());
    }

    @Test
    void bytesBehindTheKeyAreRefused() {
        byte[] der = der(modulus(4096), F4);
        assertRefused(Arrays.copyOf(der, der.length + 1));
    }

    @Test
    void berIsRefused() {
        byte[] der = der(modulus(3072), F4);
        byte[] ber = new byte[der.length + 1]; // the length of the outer sequence in three bytes for two
        ber[0] = der[0];
        ber[1] = (byte) 0x83;
        System.arraycopy(der, 2, ber, 3, der.length - 2);
        assertThat(der[1]).isEqualTo((byte) 0x82);

        assertRefused(ber);
    }

    @Test
    void bytesBehindTheInnerSequenceAreRefused() throws IOException {
        byte[] inner = new RSAPublicKey(modulus(4096), F4).getEncoded(ASN1Encoding.DER);
        assertRefused(new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                Arrays.copyOf(inner, inner.length + 1))
            .getEncoded(ASN1Encoding.DER));
    }

    @Test
    void aKeyCutAtAnyLengthIsRefused() {
        byte[] der = der(modulus(3072), F4);
        for (int length = 0; length < der.length; length++) {
            assertRefused(Arrays.copyOf(der, length));
        }
    }

    @Test
    void noiseIsRefused() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] noise = new byte[random.nextInt(600)];
            random.nextBytes(noise);
            if (noise.length > 0) {
                noise[0] = 0x30;
            }
            assertRefused(noise);
        }
    }
}
