/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.nio.charset.StandardCharsets;

/** Bytes that nobody changes. */
final class Content {
    static final Content NONE = new Content(new byte[0]);

    private final byte[] bytes;

    /** The array is not copied. */
    Content(byte[] bytes) {
        this.bytes = bytes;
    }

    static Content of(String text) {
        return new Content(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The array itself. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
