/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A small S3 on 127.0.0.1 that keeps all in memory, for tests: quick, for many clients at once, slow or faulty when told so.
 * Also assumes roles as STS does. Checks checksums, no signatures; each key's changes are atomic. Below
 * {@code /memory-s3/} of the same port it is told what a caller in the same process tells it by methods.
 */
public final class MemoryS3 implements AutoCloseable {
    /** Where a bucket's name would stand. */
    static final String CONTROL = "memory-s3";
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int BACKLOG = 1_024;

    static {
        // Read once in a JVM, by the first server; clients keep many connections, and for longer than the default.
        setUnlessGiven("sun.net.httpserver.nodelay", "true");
        setUnlessGiven("sun.net.httpserver.maxIdleConnections", "8192");
        setUnlessGiven("sun.net.httpserver.idleInterval", "300");
    }

    private final Behaviour behaviour = new Behaviour();
    private final ControlCalls control = new ControlCalls(behaviour);
    private final S3Calls s3 = new S3Calls();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    private MemoryS3(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Starts one on a port that is free. */
    public static MemoryS3 start() {
        try {
            return start(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts one.
     *
     * @param port 0 for any that is free
     * @throws IOException if the port is taken
     */
    public static MemoryS3 start(int port) throws IOException {
        return new MemoryS3(HttpServer.create(new InetSocketAddress(LOOPBACK, port), BACKLOG));
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Sets how long it takes, from now on, until an object that was put is there; then the put is answered. */
    public void setDelay(Duration delay) {
        behaviour.setPutDelay(delay);
    }

    /** Sets how long all other requests wait, from now on, before they are served. */
    public void setOtherDelay(Duration delay) {
        behaviour.setOtherDelay(delay);
    }

    /** Replaces the fault; requests that hang in the one before lose their connection. */
    public void setFault(Fault fault) {
        behaviour.setFault(fault);
    }

    /** How many requests a kind of fault has hit so far. */
    public long hits(Fault.Kind kind) {
        return behaviour.hits(kind);
    }

    /** Ends all connections, those of hanging requests too, and forgets all. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = Request.read(exchange);
            if (CONTROL.equals(request.bucket())) {
                send(exchange, request, control.answer(request));
                return;
            }
            switch (behaviour.meet(request.bucket())) {
                case NONE -> send(exchange, request, answer(request));
                case FAILING -> send(exchange, request,
                        new Refusal(500, "InternalError", "We encountered an internal error. Please try again.")
                            .answer(request));
                case SLOW_DOWN -> send(exchange, request,
                        new Refusal(503, "SlowDown", "Please reduce your request rate.").answer(request));
                case SERVED_UNANSWERED -> answer(request);
                case HANGING -> {
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(Request request) throws InterruptedException {
        Thread.sleep(request.isPutOfObject() ? behaviour.putDelay() : behaviour.otherDelay());
        try {
            return StsCalls.isOne(request) ? StsCalls.answer(request) : s3.answer(request);
        } catch (Refusal refusal) {
            return refusal.answer(request);
        }
    }

    private static void send(HttpExchange exchange, Request request, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.getResponseHeaders().set("x-amz-request-id", request.id());
        int length = answer.body().length();
        if (request.method().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
            exchange.getResponseBody().write(answer.body().bytes());
        }
    }
}
