/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.FoundingRequest;

/**
 * Tells other nodes where this one stands. A caller shows a certificate of the authority that is for the address it calls
 * from; a founder asks in its own name only.
 */
public final class PeerServer implements AutoCloseable {
    public static final int PORT = 2381;
    static final String STATE = "/state";
    static final String PROMISE = "/promise";
    private static final int LARGEST_REQUEST = 1 << 16;
    private static final int WAITING_CONNECTIONS = 64;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Voice voice;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Listens from now on. */
    public PeerServer(String address, MutualTls tls, Voice voice) throws IOException {
        // Seconds, and connections: the server's own settings, read when it is first used.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
        System.setProperty("jdk.httpserver.maxConnections", "256");
        this.voice = voice;
        this.server = HttpsServer.create(new InetSocketAddress(address, PORT), WAITING_CONNECTIONS);
        server.setHttpsConfigurator(new BothSides(tls));
        server.setExecutor(threads);
        server.createContext("/", known((exchange, _) -> answer(exchange, 404, new byte[0])));
        server.createContext(STATE, known((exchange, _) -> answer(exchange, 200,
                JSON.writeValueAsBytes(AnswerForm.of(voice.answer())))));
        server.createContext(PROMISE, known(this::promise));
        server.start();
    }

    private interface KnownCaller {
        void handle(HttpExchange exchange, String instance) throws IOException;
    }

    private static HttpHandler known(KnownCaller handler) {
        return exchange -> {
            try (exchange) {
                Optional<String> caller = caller((HttpsExchange) exchange);
                if (caller.isPresent()) {
                    handler.handle(exchange, caller.get());
                } else {
                    answer(exchange, 403, new byte[0]);
                }
            }
        };
    }

    private static Optional<String> caller(HttpsExchange exchange) throws SSLPeerUnverifiedException {
        X509Certificate shown = (X509Certificate) exchange.getSSLSession().getPeerCertificates()[0];
        return Subject.instanceAt(shown, exchange.getRemoteAddress().getAddress().getHostAddress());
    }

    private void promise(HttpExchange exchange, String caller) throws IOException {
        try {
            FoundingRequest request = JSON.readValue(exchange.getRequestBody().readNBytes(LARGEST_REQUEST),
                    FoundingRequest.class);
            boolean isOwn = request.promise().founder().equals(caller);
            answer(exchange, isOwn && voice.promise(request) ? 204 : 409, new byte[0]);
        } catch (JacksonException | NullPointerException _) {
            answer(exchange, 400, new byte[0]);
        }
    }

    /** One answer a connection, so that none outlives the certificate it was made with. */
    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Connection", "close");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static final class BothSides extends HttpsConfigurator {
        BothSides(MutualTls tls) {
            super(tls.context());
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            wanted.setProtocols(new String[]{"TLSv1.3", "TLSv1.2"});
            parameters.setSSLParameters(wanted);
        }
    }
}
