/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;

import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The one-time RSA public key under which an instance wants its secret.
 *
 * @param modulus odd, 3072 to 4096 bits
 * @param publicExponent odd, at least 65537, less than the modulus
 */
public record RecipientKey(BigInteger modulus, BigInteger publicExponent) {
    private static final int MIN_MODULUS_BITS = 3072;
    private static final int MAX_MODULUS_BITS = 4096;
    private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65537);

    public RecipientKey {
        require(modulus.signum() > 0 && modulus.testBit(0), "its modulus is even");
        require(modulus.bitLength() >= MIN_MODULUS_BITS && modulus.bitLength() <= MAX_MODULUS_BITS,
                "its modulus must have 3072 to 4096 bits");
        require(
                publicExponent.compareTo(MIN_EXPONENT) >= 0 && publicExponent.testBit(0)
                        && publicExponent.compareTo(modulus) < 0,
                "its public exponent must be odd, at least 65537, and less than the modulus");
    }

    /**
     * Reads a key.
     *
     * @param der SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in DER; BER or bytes behind it are refused
     * @throws RecipientKeyRejectedException if it is not an RSA key, or not one that we accept
     */
    public static RecipientKey ofDer(byte[] der) {
        try {
            SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(der);
            require(PKCSObjectIdentifiers.rsaEncryption.equals(info.getAlgorithm().getAlgorithm()), "it is no RSA key");
            RSAPublicKey key = RSAPublicKey.getInstance(info.parsePublicKey());
            require(Arrays.equals(info.getEncoded("DER"), der), "it is not in DER");
            // The bit string holds a second encoding, whose integers could still be negative, long-winded or followed by more.
            require(Arrays.equals(key.getEncoded("DER"), info.getPublicKeyData().getOctets()), "it is not in DER");
            return new RecipientKey(key.getModulus(), key.getPublicExponent());
        } catch (IOException | IllegalArgumentException | ClassCastException | IllegalStateException e) {
            throw new RecipientKeyRejectedException("it is not the DER of a SubjectPublicKeyInfo", e);
        }
    }

    private static void require(boolean condition, String reason) {
        if (!condition) {
            throw new RecipientKeyRejectedException(reason, null);
        }
    }
}
