/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/** The way to a server, which fails as it is told: for all calls, or for those whose path is chosen. */
public final class FaultyWay implements AutoCloseable {
    private static final Set<String> HOP_BY_HOP = Set.of("connection", "content-length", "date", "expect", "host",
            "keep-alive",
            "transfer-encoding", "upgrade");

    /** What becomes of a call. */
    public enum Fault {
        NONE,
        /** It takes two seconds, and is served. */
        SLOW,
        /** It takes 2.3 seconds, and is served. */
        SLOWER,
        /** It hangs for half a minute, and is not served. */
        HANGING,
        /** 500, not served. */
        FAILING,
        /** 503 SlowDown, not served. */
        SLOW_DOWN,
        /** Served, but the answer breaks off in its body. */
        CUT,
        /** Served, but the connection is closed without an answer. */
        SERVED_UNANSWERED
    }

    private final URI target;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger calls = new AtomicInteger();
    private final InetSocketAddress address;
    private volatile Fault fault = Fault.NONE;
    private volatile Predicate<String> affected = _ -> true;
    private final AtomicInteger left = new AtomicInteger();
    private @Nullable ExecutorService threads;
    private @Nullable HttpServer server;

    /** Opens the way. */
    public FaultyWay(URI target) {
        this.target = target;
        this.address = open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Where it begins. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /** How many calls have come. */
    public int calls() {
        return calls.get();
    }

    /** Lets all calls fail in a manner from now on. */
    public void fail(Fault manner) {
        fail(manner, _ -> true);
    }

    /** Lets the next calls fail, and serves those after them. */
    public void failNext(int count, Fault manner) {
        affected = _ -> left.getAndDecrement() > 0;
        left.set(count);
        fault = manner;
    }

    /** Lets the calls fail whose path is chosen. */
    public void fail(Fault manner, Predicate<String> paths) {
        affected = paths;
        fault = manner;
    }

    /** Takes the server away: connections break, and new ones are refused. */
    public synchronized void vanish() {
        if (server != null && threads != null) {
            server.stop(0);
            threads.shutdownNow();
            server = null;
        }
    }

    /** Brings it back where it was. */
    public synchronized void comeBack() {
        if (server == null) {
            open(address);
        }
    }

    @Override
    public void close() {
        vanish();
        client.close();
    }

    private synchronized InetSocketAddress open(InetSocketAddress wanted) {
        try {
            HttpServer opened = HttpServer.create(wanted, 1024);
            threads = Executors.newVirtualThreadPerTaskExecutor();
            opened.setExecutor(threads);
            opened.createContext("/", this::handle);
            opened.start();
            server = opened;
            return opened.getAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        calls.incrementAndGet();
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Fault now = affected.test(exchange.getRequestURI().getRawPath()) ? fault : Fault.NONE;
            switch (now) {
                case NONE -> answer(exchange, forward(exchange, body), false);
                case SLOW, SLOWER -> {
                    Thread.sleep(now == Fault.SLOW ? 2_000 : 2_300);
                    answer(exchange, forward(exchange, body), false);
                }
                case HANGING -> Thread.sleep(Duration.ofSeconds(30));
                case FAILING -> refuse(exchange, 500, "InternalError");
                case SLOW_DOWN -> refuse(exchange, 503, "SlowDown");
                case CUT -> answer(exchange, forward(exchange, body), true);
                case SERVED_UNANSWERED -> forward(exchange, body);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
            if (!HOP_BY_HOP.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                header.getValue().forEach(value -> request.header(header.getKey(), value));
            }
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Sends an answer, or half of its body; an empty one then gets a body that does not come. */
    private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer, boolean cut) throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        byte[] body = answer.body();
        int announced = cut ? Math.max(body.length, 100) : body.length;
        exchange.sendResponseHeaders(answer.statusCode(), announced == 0 ? -1 : announced);
        if (announced > 0 && !"HEAD".equals(exchange.getRequestMethod())) {
            exchange.getResponseBody().write(body, 0, cut ? body.length / 2 : body.length);
            exchange.getResponseBody().flush();
        }
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        byte[] body = "<Error><Code>%s</Code><Message>disturbed</Message></Error>".formatted(code)
            .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
