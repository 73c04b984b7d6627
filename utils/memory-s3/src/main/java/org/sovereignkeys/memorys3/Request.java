/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

import com.sun.net.httpserver.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * A request, read to its end.
 *
 * @param bucket the first part of the path; null where that is {@code /}
 * @param key what follows in the path; empty for the bucket itself
 * @param query parameters, without those that belong to signatures and to the SDKs
 * @param headers the first value of each; upper and lower case are the same
 */
record Request(String id, String method, String path, @Nullable String bucket, String key, Map<String, String> query,
        Map<String, String> headers, Content body) {
    static Request read(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        Content body = new Content(exchange.getRequestBody().readAllBytes());
        String path = uri.getRawPath();
        int slash = path.indexOf('/', 1);
        String bucket = slash < 0 ? path.substring(1) : path.substring(1, slash);
        String key = slash < 0 ? "" : path.substring(slash + 1);
        return new Request(newId(), exchange.getRequestMethod(), path, bucket.isEmpty() ? null : decoded(bucket),
                decoded(key), parameters(uri.getRawQuery()), headers, body);
    }

    private static String newId() {
        return Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : query == null ? new String[0] : query.split("&")) {
            String[] parts = parameter.split("=", 2);
            String name = decoded(parts[0]);
            if (!name.isEmpty() && !name.equals("x-id") && !name.startsWith("X-Amz-")) {
                parameters.put(name, parts.length == 1 ? "" : decoded(parts[1]));
            }
        }
        return parameters;
    }

    /** A plus stands for itself, other than in forms. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The parameters of a form in the body. */
    Map<String, String> form() {
        return parameters(body.text().replace("+", "%20"));
    }

    boolean isObject() {
        return !key.isEmpty();
    }

    boolean isPutOfObject() {
        return isObject() && method.equals("PUT");
    }
}
