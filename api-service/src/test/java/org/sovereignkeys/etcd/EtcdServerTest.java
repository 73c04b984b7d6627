/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

class EtcdServerTest {
    private static final ByteSequence KEY = ByteSequence.from("a-key", US_ASCII);
    private static final ByteSequence VALUE = ByteSequence.from("a-value", US_ASCII);

    @Test
    void aRestartKeepsDataAndAnEmptyOneDoesNot() throws Exception {
        try (EtcdServer server = EtcdServer.start()) {
            put(server);
            server.restart();
            assertThat(found(server)).extracting(KeyValue::getValue).containsExactly(VALUE);

            server.restartEmpty();
            assertThat(found(server)).isEmpty();
        }
    }

    @Test
    void aPausedServerAnswersOnceItIsResumed() throws Exception {
        try (EtcdServer server = EtcdServer.start(); Client client = client(server)) {
            put(server);
            server.pause();
            CompletableFuture<?> answer = client.getKVClient().get(KEY);
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> !answer.isDone());

            server.resume();
            assertThat(answer).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    private static void put(EtcdServer server) throws Exception {
        try (Client client = client(server)) {
            client.getKVClient().put(KEY, VALUE).get(10, TimeUnit.SECONDS);
        }
    }

    private static List<KeyValue> found(EtcdServer server) throws Exception {
        try (Client client = client(server)) {
            return client.getKVClient().get(KEY).get(10, TimeUnit.SECONDS).getKvs();
        }
    }

    private static Client client(EtcdServer server) {
        return Client.builder().endpoints(server.endpoint()).build();
    }
}
