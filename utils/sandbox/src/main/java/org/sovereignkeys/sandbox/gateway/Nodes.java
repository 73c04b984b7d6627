/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The nodes of the service, as a load balancer sees them. It asks each how it is, and names the healthy ones in turn; where
 * none is healthy, all, as AWS's load balancers do. One alone is not asked.
 */
final class Nodes {
    private static final Duration BETWEEN_CHECKS = Duration.ofMillis(500);
    private static final Duration TIME_OF_A_CHECK = Duration.ofSeconds(2);
    private static final int HEALTHY = 204;

    private final HttpClient http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(TIME_OF_A_CHECK)
        .build();
    private final List<Node> all;
    private final AtomicInteger turn = new AtomicInteger();

    private static final class Node {
        private final URI origin;
        private volatile boolean healthy;

        Node(URI origin) {
            this.origin = origin;
        }
    }

    /** Takes where they are, and begins to ask them. */
    Nodes(List<URI> origins) {
        this.all = origins.stream().map(Node::new).toList();
        if (all.size() > 1) {
            all.forEach(node -> Thread.ofVirtual().name("health of " + node.origin).start(() -> watch(node)));
        }
    }

    /** Where the next call goes. */
    URI next() {
        List<Node> healthy = all.stream().filter(node -> node.healthy).toList();
        List<Node> choice = healthy.isEmpty() ? all : healthy;
        return choice.get(Math.floorMod(turn.getAndIncrement(), choice.size())).origin;
    }

    private void watch(Node node) {
        HttpRequest check = HttpRequest.newBuilder(node.origin.resolve("/healthcheck"))
            .timeout(TIME_OF_A_CHECK)
            .build();
        try {
            while (true) {
                node.healthy = isHealthy(check);
                Thread.sleep(BETWEEN_CHECKS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isHealthy(HttpRequest check) throws InterruptedException {
        try {
            return http.send(check, BodyHandlers.discarding()).statusCode() == HEALTHY;
        } catch (IOException e) {
            return false;
        }
    }
}
