/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

import org.sovereignkeys.hsm.SecretBytes;

/** How a secret stands in etcd: a byte 1, 16 bytes that name the push by which it came, and the secret. */
final class SecretForm {
    private static final byte VERSION = 1;
    private static final int SECRET_AT = 17;

    private SecretForm() {}

    /** The value for etcd; the caller wipes it. */
    static byte[] encode(UUID push, SecretBytes secret) {
        byte[] bytes = secret.copyOfSecretBytes();
        try {
            return ByteBuffer.allocate(SECRET_AT + bytes.length)
                .put(VERSION)
                .putLong(push.getMostSignificantBits())
                .putLong(push.getLeastSignificantBits())
                .put(bytes)
                .array();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Whether it can be read. */
    static boolean fits(byte[] value) {
        return value.length > SECRET_AT && value[0] == VERSION;
    }

    static UUID push(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value, 1, SECRET_AT - 1);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** The secret's bytes; the caller wipes them. */
    static byte[] secret(byte[] value) {
        return Arrays.copyOfRange(value, SECRET_AT, value.length);
    }
}
