/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Requests exactly as they are written: a client of HTTP would make a path plain before it sends it. */
public final class RawHttp {
    private static final int MILLIS = 60_000;

    private final URI origin;
    private final @Nullable String from;

    private RawHttp(URI origin, @Nullable String from) {
        this.origin = origin;
        this.from = from;
    }

    /** To a server, from any address. */
    public static RawHttp to(URI origin) {
        return new RawHttp(origin, null);
    }

    /** The same from a loopback address. */
    public RawHttp from(String address) {
        return new RawHttp(origin, address);
    }

    /**
     * Sends a request and reads the answer.
     *
     * @param requestLine method and target
     * @param body what stands behind the head; a header for its length is added
     * @param headers name and value
     */
    public Answer send(String requestLine, String body, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(requestLine + " HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Type: application/json\r\nContent-Length: ").append(body.length()).append("\r\n");
        }
        return exchange(head + "\r\n" + body);
    }

    private Answer exchange(String request) throws IOException {
        try (Socket socket = new Socket()) {
            if (from != null) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            }
            socket.setSoTimeout(MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(origin.getHost()), origin.getPort()), MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int endOfHead = answer.indexOf("\r\n\r\n");
            if (endOfHead < 0) {
                throw new IOException("no answer: " + answer);
            }
            return new Answer(Integer.parseInt(answer.substring(9, 12)), answer.substring(0, endOfHead),
                    answer.substring(endOfHead + 4));
        }
    }

    /** An answer. */
    public record Answer(int status, String head, String body) {
        /** The first header of that name. */
        public Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ':';
            return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst();
        }
    }
}
