/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Passes calls on to the service, and says in whose name they come: nothing that the caller wrote about that is passed on. */
final class ServiceClient {
    /** Headers that belong to one connection. */
    private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "proxy-authenticate",
            "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
            "content-length", "host", "expect");
    /** Headers that say who calls, or since when: a caller could claim to be another. An underscore counts as a hyphen. */
    private static final Pattern CLAIM = Pattern
        .compile("x-amzn?-.*|x-sovereign-keys-.*|(?:x-)?forwarded(?:-.*)?|x-original-.*|(?:x-)?remote-.*|via"
                + "|(?:x-)?real-ip|.*client-?ip|.*connecting-ip");

    private static final Pattern COMMA = Pattern.compile(",");

    private final HttpClient http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
    private final Nodes nodes;
    private final String stage;
    private final Duration time;

    /**
     * Takes where the service is.
     *
     * @param stage what its paths begin with
     * @param time the longest wait for an answer
     */
    ServiceClient(Nodes nodes, String stage, Duration time) {
        this.nodes = nodes;
        this.stage = stage;
        this.time = time;
    }

    /** Passes a call on, and returns the answer as the service gave it. */
    Answer forward(HttpRequest request) throws RefusedException {
        try {
            HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), without(HOP_BY_HOP::contains, answer.headers().map()),
                    answer.body());
        } catch (HttpTimeoutException e) {
            throw new RefusedException(Refusal.SERVICE_TOO_LATE);
        } catch (IOException e) {
            throw new RefusedException(Refusal.SERVICE_UNREACHABLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(Refusal.SERVICE_UNREACHABLE);
        }
    }

    /**
     * Makes of a call what the service gets, for the node whose turn it is.
     *
     * @param path path behind the stage
     * @param elapsedMillis how long the authorizer took
     * @throws RefusedException if a header holds what none may
     */
    HttpRequest request(Call call, String path, String elapsedMillis) throws RefusedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(nodes.next() + "/" + stage + path))
            .timeout(time)
            .method(call.method(), call.body());
        try {
            without(name -> HOP_BY_HOP.contains(name) || CLAIM.matcher(name.replace('_', '-')).matches(),
                    call.headers())
                .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Refusal.BAD_HEADER);
        }
        return request.setHeader("x-sovereign-keys-elapsed-ms", elapsedMillis)
            .setHeader("x-amzn-vpc-id", call.caller().vpcId())
            .setHeader("X-Forwarded-For", call.caller().privateIp())
            .setHeader("x-sovereign-keys-request-id", call.id())
            .build();
    }

    /** The headers without some, and without those that Connection names. */
    private static Map<String, List<String>> without(Predicate<String> dropped, Map<String, List<String>> headers) {
        Set<String> named = headers.entrySet()
            .stream()
            .filter(header -> header.getKey().equalsIgnoreCase("Connection"))
            .flatMap(header -> header.getValue().stream())
            .flatMap(COMMA::splitAsStream)
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
        return headers.entrySet()
            .stream()
            .filter(header -> !dropped.or(named::contains).test(header.getKey().toLowerCase(Locale.ROOT)))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
