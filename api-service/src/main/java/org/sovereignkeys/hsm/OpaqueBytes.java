/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/** Bytes that the HSM gave out and that mean nothing without it. Immutable. */
public abstract sealed class OpaqueBytes permits WrappedBlob, WrappedSecret, Signature {
    private final byte[] bytes;

    OpaqueBytes(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** A copy of the bytes. */
    public final byte[] bytes() {
        return bytes.clone();
    }

    /** The bytes in standard base64 with padding. */
    public final String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Number of bytes. */
    public final int sizeBytes() {
        return bytes.length;
    }

    final byte[] range(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof OpaqueBytes that && getClass() == that.getClass()
                && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + bytes.length + " bytes]";
    }
}
