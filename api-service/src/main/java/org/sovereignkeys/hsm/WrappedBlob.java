/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/**
 * A 32-byte key, wrapped by the HSM: 92 bytes, IV (12), nonce (32), AES-256-GCM ciphertext and tag (48). The key that
 * wraps is derived from a parent key and the nonce, and used once. Format: docs/formats/wrapped-blob.md.
 */
public final class WrappedBlob extends OpaqueBytes {
    public static final int IV_SIZE_BYTES = 12;
    public static final int NONCE_SIZE_BYTES = 32;
    public static final int CIPHERTEXT_SIZE_BYTES = 48;
    public static final int SIZE_BYTES = IV_SIZE_BYTES + NONCE_SIZE_BYTES + CIPHERTEXT_SIZE_BYTES;

    private static final int CIPHERTEXT_OFFSET = IV_SIZE_BYTES + NONCE_SIZE_BYTES;

    /**
     * Takes a blob as it lies in storage or came over the wire.
     *
     * @throws IllegalArgumentException if it is not 92 bytes long
     */
    public WrappedBlob(byte[] bytes) {
        super(bytes);
        if (bytes.length != SIZE_BYTES) {
            throw new IllegalArgumentException("a wrapped blob has 92 bytes, not " + bytes.length);
        }
    }

    /**
     * Puts a blob together.
     *
     * @param iv 12 bytes
     * @param nonce 32 bytes
     * @param ciphertextAndTag 48 bytes
     */
    public static WrappedBlob of(byte[] iv, byte[] nonce, byte[] ciphertextAndTag) {
        if (iv.length != IV_SIZE_BYTES || nonce.length != NONCE_SIZE_BYTES) {
            throw new IllegalArgumentException("IV and nonce have 12 and 32 bytes");
        }
        byte[] blob = new byte[CIPHERTEXT_OFFSET + ciphertextAndTag.length];
        System.arraycopy(iv, 0, blob, 0, IV_SIZE_BYTES);
        System.arraycopy(nonce, 0, blob, IV_SIZE_BYTES, NONCE_SIZE_BYTES);
        System.arraycopy(ciphertextAndTag, 0, blob, CIPHERTEXT_OFFSET, ciphertextAndTag.length);
        return new WrappedBlob(blob);
    }

    /** The IV, 12 bytes. */
    public byte[] iv() {
        return range(0, IV_SIZE_BYTES);
    }

    /** The nonce of the derivation, 32 bytes. */
    public byte[] nonce() {
        return range(IV_SIZE_BYTES, CIPHERTEXT_OFFSET);
    }

    /** Ciphertext and tag, 48 bytes. */
    public byte[] ciphertextAndTag() {
        return range(CIPHERTEXT_OFFSET, SIZE_BYTES);
    }
}
