/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.sun.net.httpserver.HttpExchange;

/** What the caller gets. */
final class Answer {
    private static final String RETRY_AFTER_SECONDS = "2";

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    Answer(int status, Map<String, List<String>> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** The gateway's own answer. */
    static Answer of(Refusal refusal) {
        Map<String, List<String>> headers = new TreeMap<>(Map.of("Content-Type", List.of("application/json")));
        if (refusal.status() == 503) {
            headers.put("Retry-After", List.of(RETRY_AFTER_SECONDS));
        }
        return new Answer(refusal.status(), headers,
                "{\"message\":\"%s\"}".formatted(refusal.message()).getBytes(StandardCharsets.UTF_8));
    }

    int status() {
        return status;
    }

    void send(HttpExchange exchange, String requestId) throws IOException {
        headers.forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
        exchange.getResponseHeaders().set("x-amzn-RequestId", requestId);
        boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, empty ? -1 : body.length);
        if (!empty) {
            exchange.getResponseBody().write(body);
        }
    }
}
