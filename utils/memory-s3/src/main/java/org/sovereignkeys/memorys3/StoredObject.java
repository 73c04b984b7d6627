/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The content of an object, and what is told with it.
 *
 * @param headers those that come back as they were given
 * @param checksums by their headers
 */
record StoredObject(Content content, String eTag, Map<String, String> headers, Map<String, String> checksums) {
    private static final Set<String> KEPT = Set.of("content-type", "content-disposition", "content-language",
            "cache-control", "expires");
    private static final String METADATA = "x-amz-meta-";
    private static final String CHUNKED = "aws-chunked";
    private static final String SHA256_OF_BODY = "x-amz-content-sha256";

    /** The object in a request, if it came whole and unchanged. */
    static StoredObject in(Request request) {
        Map<String, String> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        given.putAll(request.headers());
        Content content = request.body();
        if (isChunked(given)) {
            ChunkedBody body = ChunkedBody.parse(content);
            content = body.content();
            given.putAll(body.trailers());
            requireLength(given.get("x-amz-decoded-content-length"), content.length());
        } else {
            requireSha256(given.getOrDefault(SHA256_OF_BODY, "UNSIGNED-PAYLOAD"), content);
        }
        Map<String, String> checksums = Checksum.verified(given, content.bytes());
        return new StoredObject(content, "\"" + HexFormat.of().formatHex(Checksum.MD5.of(content.bytes())) + "\"",
                kept(given),
                checksums);
    }

    private static boolean isChunked(Map<String, String> headers) {
        return headers.getOrDefault(SHA256_OF_BODY, "").startsWith("STREAMING-")
                || headers.getOrDefault("content-encoding", "").contains(CHUNKED);
    }

    private static void requireLength(@Nullable String announced, int length) {
        if (announced != null && !announced.equals(Integer.toString(length))) {
            throw ChunkedBody.incomplete();
        }
    }

    private static void requireSha256(String announced, Content content) {
        if (!announced.startsWith("UNSIGNED-")
                && !announced.equalsIgnoreCase(HexFormat.of().formatHex(Checksum.SHA256.of(content.bytes())))) {
            throw new Refusal(400, "XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }
    }

    private static Map<String, String> kept(Map<String, String> given) {
        Map<String, String> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        kept.put("Content-Type", "binary/octet-stream");
        given.forEach((header, value) -> {
            String name = header.toLowerCase(Locale.ROOT);
            if (KEPT.contains(name) || name.startsWith(METADATA)) {
                kept.put(header, value);
            }
        });
        String encoding = Stream.of(given.getOrDefault("content-encoding", "").split(",", -1))
            .map(String::strip)
            .filter(part -> !part.isEmpty() && !part.equals(CHUNKED))
            .collect(Collectors.joining(","));
        if (!encoding.isEmpty()) {
            kept.put("Content-Encoding", encoding);
        }
        return kept;
    }
}
