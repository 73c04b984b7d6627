/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Against a server that answers with what it was sent: in chunks, or at /length with a length. */
class HttpConnectionTest {
    private static final byte[] BODY = "{\"volume_uuid\":\"ä\"}".getBytes(StandardCharsets.UTF_8);

    private final Set<Integer> callersPorts = ConcurrentHashMap.newKeySet();
    private HttpServer server;
    private URI origin;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            callersPorts.add(exchange.getRemoteAddress().getPort());
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            int status = path.equals("/busy") ? 503 : 200;
            exchange.sendResponseHeaders(status, path.equals("/length") ? body.length : 0);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        origin = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static byte[] sent(HttpConnection connection, String path) throws IOException {
        return connection.send(connection.request(path, List.of("Content-Type: application/json"), BODY))
            .requireSuccess();
    }

    @Test
    void aKeptConnectionCarriesOneRequestAfterAnother() throws IOException {
        try (HttpConnection connection = new HttpConnection(origin, Connections.KEPT)) {
            for (String path : List.of("/chunks", "/length", "/chunks")) {
                assertThat(sent(connection, path)).isEqualTo(BODY);
            }
        }
        assertThat(callersPorts).hasSize(1);
    }

    @Test
    void aNewConnectionIsMadeForEachRequest() throws IOException {
        try (HttpConnection connection = new HttpConnection(origin, Connections.NEW)) {
            for (int i = 0; i < 3; i++) {
                assertThat(sent(connection, "/length")).isEqualTo(BODY);
            }
        }
        assertThat(callersPorts).hasSize(3);
    }

    @Test
    void anotherStatusIsNoSuccessAndKeepsTheConnection() throws IOException {
        try (HttpConnection connection = new HttpConnection(origin, Connections.KEPT)) {
            assertThatExceptionOfType(NoSuccessException.class).isThrownBy(() -> sent(connection, "/busy"))
                .satisfies(refusal -> assertThat(refusal.status()).isEqualTo(503));
            assertThat(sent(connection, "/length")).isEqualTo(BODY);
        }
        assertThat(callersPorts).hasSize(1);
    }

    @Test
    void whoIsNotThereFailsAndIsFoundAgain() throws IOException {
        InetSocketAddress address = server.getAddress();
        try (HttpConnection connection = new HttpConnection(origin, Connections.KEPT)) {
            server.stop(0);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> sent(connection, "/length"));
            server = HttpServer.create(address, 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
            assertThat(sent(connection, "/")).isEmpty();
        }
    }
}
