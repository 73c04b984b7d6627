/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A body in AWS's own chunks, with trailers; their signatures are passed over. Specified in "Signature calculations for the
 * authorization header: transferring payload in multiple chunks" of the API reference of S3.
 */
record ChunkedBody(Content content, Map<String, String> trailers) {
    private static final class Cursor {
        private final byte[] bytes;
        private int position;

        Cursor(byte[] bytes) {
            this.bytes = bytes;
        }

        String line() {
            int end = position;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            if (end == bytes.length || end == position || bytes[end - 1] != '\r') {
                throw incomplete();
            }
            String line = new String(bytes, position, end - 1 - position, StandardCharsets.UTF_8);
            position = end + 1;
            return line;
        }

        boolean isAtEnd() {
            return position == bytes.length;
        }

        void copy(int length, ByteArrayOutputStream target) {
            if (length < 0 || length > bytes.length - position) {
                throw incomplete();
            }
            target.write(bytes, position, length);
            position += length;
        }
    }

    static ChunkedBody parse(Content body) {
        Cursor cursor = new Cursor(body.bytes());
        ByteArrayOutputStream content = new ByteArrayOutputStream(body.length());
        int length = chunkLength(cursor.line());
        while (length > 0) {
            cursor.copy(length, content);
            if (!cursor.line().isEmpty()) {
                throw incomplete();
            }
            length = chunkLength(cursor.line());
        }
        return new ChunkedBody(new Content(content.toByteArray()), trailers(cursor));
    }

    private static int chunkLength(String line) {
        try {
            return Integer.parseUnsignedInt(line.split(";", 2)[0], 16);
        } catch (NumberFormatException _) {
            throw incomplete();
        }
    }

    private static Map<String, String> trailers(Cursor cursor) {
        Map<String, String> trailers = new LinkedHashMap<>();
        while (!cursor.isAtEnd()) {
            String line = cursor.line();
            int colon = line.indexOf(':');
            if (colon > 0) {
                trailers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        }
        return trailers;
    }

    static Refusal incomplete() {
        return new Refusal(400, "IncompleteBody", "The body is not made of whole chunks, or not as long as announced.");
    }
}
