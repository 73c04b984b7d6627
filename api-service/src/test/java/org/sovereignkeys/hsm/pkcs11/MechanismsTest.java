/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import sun.security.pkcs11.wrapper.CK_GCM_PARAMS;
import sun.security.pkcs11.wrapper.CK_MECHANISM;

import static org.assertj.core.api.Assertions.assertThat;

/** The structs as a vendor's library reads them. */
class MechanismsTest {
    private static final byte[] NONCE = new byte[32];
    private static final byte[] AAD = "AAD:x".getBytes(StandardCharsets.UTF_8);

    private static long[] fields(CK_MECHANISM mechanism) {
        return longs((byte[]) mechanism.pParameter);
    }

    private static long[] longs(byte[] bytes) {
        long[] fields = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer().get(fields);
        return fields;
    }

    @SuppressWarnings("restricted") // reads what the mechanism points to
    private static byte[] at(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void oaepHasNoPointer() {
        CK_MECHANISM oaep = Mechanisms.oaepSha256();

        assertThat(oaep.mechanism).isEqualTo(0x9);
        assertThat(fields(oaep)).containsExactly(0x250, 2, 1, 0, 0);
    }

    @Test
    void ecbEncryptDataPointsToTheNonce() {
        try (Arena arena = Arena.ofConfined()) {
            byte[] nonce = NONCE.clone();
            nonce[31] = 7;
            CK_MECHANISM derivation = Mechanisms.ecbEncryptData(arena, nonce);

            assertThat(derivation.mechanism).isEqualTo(0x1104);
            assertThat(fields(derivation)).hasSize(2);
            assertThat(at(fields(derivation)[0], fields(derivation)[1])).isEqualTo(nonce);
        }
    }

    @Test
    void theCounterKdfHasTheVendorsFourDataParameters() {
        try (Arena arena = Arena.ofConfined()) {
            CK_MECHANISM derivation = Mechanisms.cloudHsmCounterKdf(arena, NONCE);

            assertThat(derivation.mechanism).isEqualTo(0x80000001L);
            long[] kdf = fields(derivation);
            assertThat(kdf).hasSize(3);
            assertThat(kdf[0]).isEqualTo(0x251);
            assertThat(kdf[1]).isEqualTo(4);
            long[] data = longs(at(kdf[2], 4 * 24));
            assertThat(new long[]{data[0], data[3], data[6], data[9]}).containsExactly(4, 7, 5, 6);
            assertThat(longs(at(data[1], data[2]))).containsExactly(32);
            assertThat(longs(at(data[4], data[5]))).containsExactly(1, 32);
            assertThat(at(data[7], data[8])).containsExactly('s', 'k');
            assertThat(at(data[10], data[11])).isEqualTo(NONCE);
        }
    }

    @Test
    void cloudHsmsGcmHasNoIv() {
        try (Arena arena = Arena.ofConfined()) {
            CK_MECHANISM gcm = Mechanisms.cloudHsmGcm(arena, AAD);

            assertThat(gcm.mechanism).isEqualTo(0x80001087L);
            long[] fields = fields(gcm);
            assertThat(new long[]{fields[0], fields[1], fields[2]}).containsExactly(0, 0, 0);
            assertThat(at(fields[3], fields[4])).isEqualTo(AAD);
            assertThat(fields[5]).isEqualTo(128);
        }
    }

    @Test
    void theStandardsGcmIsLeftToTheBinding() {
        CK_MECHANISM gcm = Mechanisms.gcm(new byte[12], AAD);

        assertThat(gcm.mechanism).isEqualTo(0x1087);
        assertThat(gcm.pParameter).isInstanceOf(CK_GCM_PARAMS.class);
    }
}
