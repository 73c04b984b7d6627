/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import sun.security.pkcs11.wrapper.CK_GCM_PARAMS;
import sun.security.pkcs11.wrapper.CK_MECHANISM;
import sun.security.pkcs11.wrapper.PKCS11Constants;

/**
 * Mechanisms with their parameters as the native side reads them: C structs in native byte order, each field 8 bytes.
 *
 * <p>The binding frees the inner pointers of the structs that it knows. So AES-GCM takes its own class, raw bytes with
 * pointers are for mechanisms that it does not know, and OAEP's raw bytes hold no pointer. An arena given to a method
 * must stay open until the native call has returned.
 */
final class Mechanisms {
    static final long CKM_CLOUDHSM_SP800_108_COUNTER_KDF = 0x80000001L;
    static final long CKM_CLOUDHSM_AES_GCM = 0x80001087L;

    private static final int KEY_SIZE_BITS = 256;
    private static final int TAG_SIZE_BITS = 128;
    private static final long CKM_SHA256 = 0x250;
    private static final long CKM_SHA256_HMAC = 0x251;
    private static final long CKG_MGF1_SHA256 = 2;
    private static final long CKZ_DATA_SPECIFIED = 1;

    private Mechanisms() {}

    /** RSA-OAEP with SHA-256 and MGF1 with SHA-256, without a label. */
    static CK_MECHANISM oaepSha256() {
        return new CK_MECHANISM(PKCS11Constants.CKM_RSA_PKCS_OAEP,
                struct(CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, 0, 0));
    }

    /** Encryption of the nonce under the parent key, as a key: CK_KEY_DERIVATION_STRING_DATA {pData, ulLen}. */
    static CK_MECHANISM ecbEncryptData(Arena arena, byte[] nonce) {
        return new CK_MECHANISM(PKCS11Constants.CKM_AES_ECB_ENCRYPT_DATA, struct(address(arena, nonce), nonce.length));
    }

    /**
     * CloudHSM's counter KDF over HMAC-SHA256: {prf, count, pParams}, and of its data parameters the vendor's numbers:
     * 4 counter, 7 length of the derived key, 5 label, 6 context.
     */
    static CK_MECHANISM cloudHsmCounterKdf(Arena arena, byte[] nonce) {
        byte[] counterFormat = struct(32); // bits
        byte[] lengthFormat = struct(1, 32); // sum of keys, in so many bits
        byte[] label = "sk".getBytes(StandardCharsets.US_ASCII);
        byte[] parameters = struct(
                4, address(arena, counterFormat), counterFormat.length,
                7, address(arena, lengthFormat), lengthFormat.length,
                5, address(arena, label), label.length,
                6, address(arena, nonce), nonce.length);
        return new CK_MECHANISM(CKM_CLOUDHSM_SP800_108_COUNTER_KDF,
                struct(CKM_SHA256_HMAC, 4, address(arena, parameters)));
    }

    /** AES-GCM with an IV of ours. */
    static CK_MECHANISM gcm(byte[] iv, byte[] aad) {
        return new CK_MECHANISM(PKCS11Constants.CKM_AES_GCM, new CK_GCM_PARAMS(TAG_SIZE_BITS, iv, aad));
    }

    /** CloudHSM's AES-GCM, whose IV the HSM makes: CK_GCM_PARAMS {pIv, ulIvLen, ulIvBits, pAAD, ulAADLen, ulTagBits}. */
    static CK_MECHANISM cloudHsmGcm(Arena arena, byte[] aad) {
        return new CK_MECHANISM(CKM_CLOUDHSM_AES_GCM, struct(0, 0, 0, address(arena, aad), aad.length, TAG_SIZE_BITS));
    }

    /** Length of an AES-256 key or of a secret. */
    static int keySizeBytes() {
        return KEY_SIZE_BITS / Byte.SIZE;
    }

    private static byte[] struct(long... fields) {
        ByteBuffer bytes = ByteBuffer.allocate(fields.length * Long.BYTES).order(ByteOrder.nativeOrder());
        for (long field : fields) {
            bytes.putLong(field);
        }
        return bytes.array();
    }

    private static long address(Arena arena, byte[] bytes) {
        MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        return segment.address();
    }
}
