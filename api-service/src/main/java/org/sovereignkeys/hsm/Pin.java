/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The PIN of the HSM, in UTF-8. */
public final class Pin extends SecretBytes {
    private Pin(byte[] utf8) {
        super(utf8);
    }

    /**
     * Takes a copy of the characters; wiping theirs stays the caller's duty.
     *
     * @throws IllegalArgumentException if they are none, or not valid UTF-16
     */
    public static Pin of(CharSequence characters) {
        if (characters.isEmpty()) {
            throw new IllegalArgumentException("the PIN is empty");
        }
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        byte[] room = new byte[Math.round(characters.length() * encoder.maxBytesPerChar())];
        ByteBuffer encoded = ByteBuffer.wrap(room);
        try {
            if (encoder.encode(CharBuffer.wrap(characters), encoded, true).isError()) {
                throw new IllegalArgumentException("the PIN is not valid text");
            }
            return new Pin(Arrays.copyOf(room, encoded.position()));
        } finally {
            Arrays.fill(room, (byte) 0);
        }
    }

    /** Takes a copy of a PIN in UTF-8; wiping theirs stays the caller's duty. */
    public static Pin ofUtf8(byte[] utf8) {
        return new Pin(utf8.clone());
    }

    /** Another holder of the same PIN, to be destroyed on its own. */
    public Pin copy() {
        return new Pin(copyOfSecretBytes());
    }
}
