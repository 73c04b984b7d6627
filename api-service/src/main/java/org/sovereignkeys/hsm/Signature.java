/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;

/** An ECDSA signature on P-384 over SHA-256, in DER with minimal integers (RFC 3279, 2.2.3; X.690, 8.3.2). */
public final class Signature extends OpaqueBytes {
    private static final int COORDINATE_SIZE_BYTES = 48;

    /** Takes a signature in DER, at most 104 bytes. */
    public Signature(byte[] der) {
        super(der);
    }

    /**
     * Encodes what {@code CKM_ECDSA} returns.
     *
     * @param raw r and s, 48 bytes each, big-endian
     */
    public static Signature ofRaw(byte[] raw) {
        if (raw.length != 2 * COORDINATE_SIZE_BYTES) {
            throw new IllegalArgumentException("r and s have 96 bytes together, not " + raw.length);
        }
        BigInteger r = new BigInteger(1, Arrays.copyOfRange(raw, 0, COORDINATE_SIZE_BYTES));
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(raw, COORDINATE_SIZE_BYTES, raw.length));
        try {
            return new Signature(new DERSequence(new ASN1Integer[]{new ASN1Integer(r), new ASN1Integer(s)})
                .getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
