/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.security.auth.Destroyable;

/** The PIN of the HSM. Shows itself to nobody; wiped by {@link #destroy}. */
public final class Pin implements Destroyable {
    private final byte[] utf8;
    private boolean destroyed;

    private Pin(byte[] utf8) {
        this.utf8 = utf8;
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

    /** The PIN in UTF-8: a copy of the secret, which the caller wipes. */
    public synchronized byte[] copyOfSecretBytes() {
        if (destroyed) {
            throw new IllegalStateException("the PIN was destroyed");
        }
        return utf8.clone();
    }

    /** Another holder of the same PIN, to be destroyed on its own. */
    public Pin copy() {
        return new Pin(copyOfSecretBytes());
    }

    /** Whether both are the same, in a time that does not tell where they differ. */
    public boolean matches(Pin other) {
        byte[] mine = copyOfSecretBytes();
        byte[] theirs = other.copyOfSecretBytes();
        try {
            return MessageDigest.isEqual(mine, theirs);
        } finally {
            Arrays.fill(mine, (byte) 0);
            Arrays.fill(theirs, (byte) 0);
        }
    }

    @Override
    public synchronized void destroy() {
        Arrays.fill(utf8, (byte) 0);
        destroyed = true;
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public String toString() {
        return "Pin[redacted]";
    }
}
