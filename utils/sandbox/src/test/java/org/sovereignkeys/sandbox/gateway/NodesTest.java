/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which node is called. */
class NodesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<StubNode> stubs = new ArrayList<>();

    /** A node that says of itself what it is told to. */
    private static final class StubNode {
        private final HttpServer server;
        private volatile int status = 204;
        private volatile boolean hangs;
        private volatile boolean wasAsked;

        StubNode() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/healthcheck", exchange -> {
                wasAsked = true;
                awaitEndOfHang();
                exchange.sendResponseHeaders(status, -1);
                exchange.close();
            });
            server.start();
        }

        private void awaitEndOfHang() {
            while (hangs) {
                LockSupport.parkNanos(10_000_000);
            }
        }

        URI origin() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }
    }

    @AfterEach
    void stop() {
        stubs.forEach(stub -> {
            stub.hangs = false;
            stub.server.stop(0);
        });
    }

    private Nodes nodes(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            stubs.add(new StubNode());
        }
        return new Nodes(stubs.stream().map(StubNode::origin).toList());
    }

    private URI origin(int index) {
        return stubs.get(index).origin();
    }

    private static Set<URI> nextFour(Nodes nodes) {
        return new HashSet<>(List.of(nodes.next(), nodes.next(), nodes.next(), nodes.next()));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static void awaitNext(Nodes nodes, URI... origins) throws InterruptedException {
        await(() -> nextFour(nodes).equals(Set.of(origins)));
    }

    @Test
    void theHealthyOnesAreCalledInTurn() throws IOException, InterruptedException {
        Nodes nodes = nodes(3);
        stubs.get(1).status = 503;
        awaitNext(nodes, origin(0), origin(2));

        URI first = nodes.next();
        assertThat(nodes.next()).isNotEqualTo(first);
        assertThat(nodes.next()).isEqualTo(first);
        stubs.get(1).status = 204;
        awaitNext(nodes, origin(0), origin(1), origin(2));
    }

    @Test
    void oneThatIsGoneOrHangsIsCalledNoMore() throws IOException, InterruptedException {
        Nodes nodes = nodes(3);
        awaitNext(nodes, origin(0), origin(1), origin(2));
        stubs.get(0).server.stop(0);
        stubs.get(1).hangs = true;
        awaitNext(nodes, origin(2));

        stubs.get(1).hangs = false;
        awaitNext(nodes, origin(1), origin(2));
    }

    @Test
    void whereNoneIsHealthyAllAreCalled() throws IOException, InterruptedException {
        Nodes nodes = nodes(2);
        stubs.getFirst().status = 503;
        awaitNext(nodes, origin(1));
        stubs.getLast().status = 503;

        awaitNext(nodes, origin(0), origin(1));
    }

    @Test
    void oneAloneIsCalledUnasked() throws IOException, InterruptedException {
        Nodes nodes = nodes(1);
        stubs.getFirst().status = 503;
        Thread.sleep(100);

        assertThat(nextFour(nodes)).containsExactly(origin(0));
        assertThat(stubs.getFirst().wasAsked).isFalse();
    }
}
