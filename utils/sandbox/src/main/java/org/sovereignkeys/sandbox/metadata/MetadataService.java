/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.metadata;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import org.jspecify.annotations.Nullable;

import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.CallerHandler;

/**
 * Answers an instance as its metadata service does, version 2: against a token, which is given to whoever puts, and not
 * through a proxy. Version 1, without token, on demand only.
 */
public final class MetadataService implements CallerHandler {
    private static final String TOKEN_PATH = "/latest/api/token";
    private static final String TOKEN = "X-aws-ec2-metadata-token";
    private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds";
    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,4}");
    private static final int MOST_SECONDS = 21_600;

    private final Metadata metadata;
    private final Sessions sessions;
    private final boolean withoutTokenToo;

    /**
     * Makes one.
     *
     * @param region where the instances are
     * @param withoutTokenToo whether it also answers without a token, as version 1 did
     */
    public MetadataService(String region, boolean withoutTokenToo, InstantSource clock) {
        this.metadata = new Metadata(region);
        this.sessions = new Sessions(clock);
        this.withoutTokenToo = withoutTokenToo;
    }

    @Override
    public void handle(HttpExchange exchange, Caller caller) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        if (TOKEN_PATH.equals(path)) {
            giveToken(exchange, caller);
        } else {
            tell(exchange, caller, metadata.of(caller).get(path));
        }
    }

    @Override
    public void refuse(HttpExchange exchange) throws IOException {
        send(exchange, 403, "Forbidden: no instance of this sandbox calls from "
                + exchange.getRemoteAddress().getAddress().getHostAddress() + '\n');
    }

    private void giveToken(HttpExchange exchange, Caller caller) throws IOException {
        String seconds = exchange.getRequestHeaders().getFirst(TTL);
        if (!exchange.getRequestMethod().equals("PUT")) {
            send(exchange, 405, "Method Not Allowed: a token is had by PUT\n");
        } else if (exchange.getRequestHeaders().containsKey("X-Forwarded-For")) {
            send(exchange, 403, "Forbidden: a token is not given through a proxy\n");
        } else if (seconds == null || !SECONDS.matcher(seconds).matches() || Integer.parseInt(seconds) > MOST_SECONDS) {
            send(exchange, 400, "Bad Request: " + TTL + " must be 1 to " + MOST_SECONDS + '\n');
        } else {
            exchange.getResponseHeaders().set(TTL, seconds);
            send(exchange, 200,
                    sessions.begin(caller.instanceId(), Duration.ofSeconds(Integer.parseInt(seconds))));
        }
    }

    private void tell(HttpExchange exchange, Caller caller, @Nullable String answer) throws IOException {
        String token = exchange.getRequestHeaders().getFirst(TOKEN);
        boolean allowed = token == null ? withoutTokenToo : sessions.isOf(token, caller.instanceId());
        if (!exchange.getRequestMethod().equals("GET")) {
            send(exchange, 405, "Method Not Allowed\n");
        } else if (!allowed) {
            send(exchange, 401, "Unauthorized: " + TOKEN + " is missing, over, or another instance's\n");
        } else if (answer == null) {
            send(exchange, 404, "Not Found\n");
        } else {
            send(exchange, 200, answer);
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
