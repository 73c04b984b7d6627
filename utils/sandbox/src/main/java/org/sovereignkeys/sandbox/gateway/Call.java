/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import com.sun.net.httpserver.HttpExchange;

import org.sovereignkeys.sandbox.network.Caller;

/** A call as it came. */
final class Call {
    private static final int MAX_BODY_BYTES = 10 << 20;

    private final String id;
    private final Caller caller;
    private final String method;
    private final URI target;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    private Call(Caller caller, String method, URI target, Map<String, List<String>> headers, byte[] body) {
        this.id = newId();
        this.caller = caller;
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
    }

    /** Reads it; of a body that is too large, one byte more than it may have. */
    static Call read(HttpExchange exchange, Caller caller) throws IOException {
        return new Call(caller, exchange.getRequestMethod(), exchange.getRequestURI(),
                exchange.getRequestHeaders(), exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1));
    }

    /** An id for a call. */
    static String newId() {
        return UUID.randomUUID().toString();
    }

    /** The gateway's id of it. */
    String id() {
        return id;
    }

    Caller caller() {
        return caller;
    }

    String method() {
        return method;
    }

    /** Path and query, as they came. */
    URI target() {
        return target;
    }

    Map<String, List<String>> headers() {
        return headers;
    }

    BodyPublisher body() {
        return body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    }

    boolean isTooLarge() {
        return body.length > MAX_BODY_BYTES;
    }

    /** The path behind a stage, nothing in it decoded; nothing if the call is not to that stage. */
    Optional<String> pathBehind(String stage) {
        String path = target.getRawPath();
        return target.getRawAuthority() == null && path != null && path.startsWith('/' + stage + '/')
                ? Optional.of(path.substring(1 + stage.length()))
                : Optional.empty();
    }

    /** Whether it carries an Authorization header; what stands in it does not matter. */
    boolean isSigned() {
        return headers.entrySet()
            .stream()
            .filter(header -> header.getKey().equalsIgnoreCase("Authorization"))
            .anyMatch(header -> header.getValue().stream().anyMatch(value -> !value.isBlank()));
    }
}
