/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.options.DeleteOption;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.cluster.ClusterException;
import org.sovereignkeys.cluster.ClusterSecrets;
import org.sovereignkeys.cluster.ClusterSecretsContract;
import org.sovereignkeys.cluster.SharedPin;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdServer;
import org.sovereignkeys.hsm.FirstKeysPendingException;
import org.sovereignkeys.hsm.HsmUnavailableException;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Nodes over a real etcd. Each looks when the test says so. */
class EtcdClusterSecretsTest extends ClusterSecretsContract {
    private static EtcdServer server;

    private final List<EtcdConnection> connections = new ArrayList<>();
    private final EtcdClusterSecrets first = node();
    private final EtcdClusterSecrets second = node();

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void empty() {
        within(Duration.ofSeconds(30), first, first::answers); // the first calls of a process can take long
        connections.getFirst()
            .call(client -> client.getKVClient()
                .delete(ByteSequence.from("sovereign-keys/", US_ASCII), DeleteOption.builder().isPrefix(true).build()));
        first.look();
        within(Duration.ofSeconds(30), second, second::answers);
    }

    @AfterEach
    void disconnect() {
        connections.forEach(EtcdConnection::close);
    }

    @Override
    protected ClusterSecrets secrets() {
        return first;
    }

    private EtcdClusterSecrets node() {
        EtcdConnection connection = new EtcdConnection(List.of(server.endpoint()), _ -> {});
        connections.add(connection);
        return new EtcdClusterSecrets(connection);
    }

    @Test
    void secretsReachNodesThatAreThereAndThoseThatComeLater() {
        SharedPin pin = pin("a-pin");
        first.offerClientKey(key("a-key"));
        first.offerPin(pin);
        EtcdClusterSecrets later = node();
        for (EtcdClusterSecrets other : List.of(second, later)) {
            other.look();

            assertHolds(other, "a-pin");
            assertThat(other.pin()).hasValueSatisfying(held -> assertThat(held.push()).isEqualTo(pin.push()));
            assertThat(other.clientKey()).hasValueSatisfying(held -> assertThat(held.matches(key("a-key"))).isTrue());
            assertThat(other.offerClientKey(key("another"))).isFalse();
        }
    }

    @Test
    void ofManyWhoOfferAtOnceOneIsTaken() throws Exception {
        CyclicBarrier atOnce = new CyclicBarrier(8);
        List<Future<Boolean>> offers = new ArrayList<>();
        try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                EtcdClusterSecrets node = i % 2 == 0 ? first : second;
                String text = "key-" + i;
                offers.add(operators.submit(() -> {
                    atOnce.await();
                    return node.offerClientKey(key(text));
                }));
            }
        }
        int taken = 0;
        for (Future<Boolean> offer : offers) {
            taken += offer.get() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(1);
    }

    @Test
    void secondPinIsNotShared() {
        first.offerPin(pin("first"));

        assertThat(second.offerPin(pin("second"))).isFalse();
        assertHolds(freshNode(), "first");
    }

    @Test
    void pinIsNotWithdrawnWhileAnotherNodeIsReadyWithIt() {
        SharedPin pin = pin("a-pin");
        first.offerPin(pin);
        ready(first, true);
        second.look();

        assertThat(second.withdrawPin(pin.push(), true)).isFalse();
        assertHolds(freshNode(), "a-pin");
        ready(first, false);
        assertThat(second.withdrawPin(pin.push(), true)).isTrue();
        assertThat(freshNode().pin()).isEmpty();
    }

    @Test
    void readinessWithAnotherPinDoesNotKeepAWrongOne() {
        SharedPin wrong = pin("wrong");
        first.keepClientKey(key("k"));
        second.offerPin(pin("right"));
        ready(second, true);
        remove("sovereign-keys/secrets/pin");
        first.offerPin(wrong);

        assertThat(first.withdrawPin(wrong.push(), true)).isTrue();
    }

    @Test
    void pinThatIsLockedStays() {
        SharedPin pin = pin("a-pin");
        first.offerPin(pin);
        second.look();

        assertThat(second.withdrawPin(pin.push(), false)).isFalse();
        assertHolds(freshNode(), "a-pin");
    }

    @Test
    void withdrawalDoesNotHitThePinThatCameMeanwhile() {
        SharedPin wrong = pin("wrong");
        first.offerPin(wrong);
        second.look();
        first.withdrawPin(wrong.push(), true);
        first.offerPin(pin("right"));

        assertThat(second.withdrawPin(wrong.push(), true)).isFalse();
        second.look();
        assertHolds(second, "right");
    }

    @Test
    void withdrawalDoesNotHitAPinThatHasTheSameRevisionAfterALossOfData() {
        put("anything", "x");
        put("anything", "x");
        SharedPin wrong = pin("wrong");
        first.offerPin(wrong);
        second.look();
        long revision = revisionOf("sovereign-keys/secrets/pin");
        server.restartEmpty();
        EtcdClusterSecrets fresh = node();
        while (put("anything", "x") < revision - 1) {
            // until the next write has that revision
        }
        assertThat(fresh.offerPin(pin("right"))).isTrue();
        assertThat(revisionOf("sovereign-keys/secrets/pin")).isEqualTo(revision);

        Awaitility.await()
            .ignoreExceptions()
            .untilAsserted(
                    () -> assertThat(second.withdrawPin(wrong.push(), true)).isFalse());
        assertHolds(freshNode(), "right");
    }

    @Test
    void nodesForgetAPinThatAnotherWithdrew() {
        SharedPin wrong = pin("wrong");
        first.offerPin(wrong);
        second.look();
        first.withdrawPin(wrong.push(), true);
        second.look();

        assertThat(second.pin()).isEmpty();
    }

    @Test
    void emptyEtcdGetsBackWhatANodeWorksWith() {
        SharedPin pin = pin("a-pin");
        first.keepClientKey(key("a-key"));
        first.offerPin(pin);
        ready(first, true);
        server.restartEmpty();
        within(Duration.ofSeconds(60), first, () -> freshNode().pin().isPresent());

        EtcdClusterSecrets fresh = freshNode();
        assertHolds(fresh, "a-pin");
        assertThat(fresh.pin()).hasValueSatisfying(held -> assertThat(held.push()).isEqualTo(pin.push()));
        assertThat(fresh.clientKey()).hasValueSatisfying(held -> assertThat(held.matches(key("a-key"))).isTrue());
    }

    @Test
    void pinIsPutBackOnlyByANodeThatIsReadyWithIt() {
        first.offerPin(pin("a-pin"));
        remove("sovereign-keys/secrets/pin");
        first.look();
        assertThat(freshNode().pin()).isEmpty();
        assertHolds(first, "a-pin");

        ready(first, true);
        assertHolds(freshNode(), "a-pin");
    }

    @Test
    void nodeKeepsWhatItWorksWithWhereAnotherWasPutMeanwhile() {
        first.offerPin(pin("mine"));
        ready(first, true);
        remove("sovereign-keys/secrets/pin");
        second.offerPin(pin("theirs"));
        first.look();

        assertHolds(first, "mine");
        assertHolds(freshNode(), "theirs");
        first.withdrawPin(first.pin().orElseThrow().push(), true);
        first.look();
        assertHolds(first, "theirs");
    }

    @Test
    void samePinPutByAnotherIsOnePin() {
        SharedPin theirs = pin("same");
        first.offerPin(pin("same"));
        ready(first, true);
        remove("sovereign-keys/secrets/pin");
        second.offerPin(theirs);
        first.look();

        assertThat(first.pin()).hasValueSatisfying(held -> assertThat(held.push()).isEqualTo(theirs.push()));
        assertThat(second.withdrawPin(theirs.push(), true)).isFalse();
    }

    @Test
    void valueThatIsNoneOfOursIsLeftAlone() {
        put("sovereign-keys/secrets/pin", "by hand");
        first.look();

        assertThat(first.pin()).isEmpty();
        assertThat(first.isAway()).isFalse();
    }

    @Test
    void outageIsSeenAndEndsByItself() {
        first.keepClientKey(key("a-key"));
        first.offerPin(pin("a-pin"));
        server.kill();
        within(Duration.ofSeconds(30), first, first::isAway);

        assertHolds(first, "a-pin");
        assertThatThrownBy(() -> first.offerClientKey(key("k"))).isInstanceOf(ClusterException.class)
            .hasMessageContaining("etcd did not answer");
        assertThatThrownBy(first::take).isInstanceOf(HsmUnavailableException.class);
        server.restart();
        within(Duration.ofSeconds(30), first, () -> !first.isAway());
    }

    @Test
    void nodeThatHasJustStartedAsksBeforeItSaysThatEtcdIsAway() {
        EtcdClusterSecrets fresh = node();
        assertThat(fresh.isAway()).isTrue();

        assertThat(fresh.answers()).isTrue();
        assertThat(fresh.isAway()).isFalse();
    }

    @Test
    void pinThatCouldNotBeSharedIsSharedLater() {
        server.kill();
        assertThatThrownBy(() -> first.offerPin(pin("a-pin"))).isInstanceOf(ClusterException.class);
        first.tellReady(true);
        server.restart();

        within(Duration.ofSeconds(60), first, () -> freshNode().pin().isPresent());
        assertHolds(freshNode(), "a-pin");
    }

    @Test
    void oneNodeMakesTheFirstKeys() {
        assertThatCode(first::take).doesNotThrowAnyException();
        assertThatCode(first::take).doesNotThrowAnyException();
        assertThatThrownBy(second::take).isInstanceOf(FirstKeysPendingException.class)
            .hasMessageContaining("sovereign-keys/first-keys");
    }

    @Test
    void noNodeMakesKeysWhereOneIsReady() {
        ready(first, true);

        assertThatThrownBy(second::take).isInstanceOf(FirstKeysPendingException.class);
    }

    private EtcdClusterSecrets freshNode() {
        EtcdClusterSecrets fresh = node();
        within(Duration.ofSeconds(30), fresh, fresh::answers);
        return fresh;
    }

    private static void ready(EtcdClusterSecrets node, boolean ready) {
        node.tellReady(ready);
        node.look();
    }

    /** Looks as the schedule would. */
    private static void within(Duration limit, EtcdClusterSecrets node, BooleanSupplier condition) {
        Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(300)).until(() -> {
            node.look();
            return condition.getAsBoolean();
        });
    }

    private void remove(String key) {
        connections.getFirst().call(client -> client.getKVClient().delete(ByteSequence.from(key, US_ASCII)));
    }

    private long revisionOf(String key) {
        return connections.getLast()
            .call(client -> client.getKVClient().get(ByteSequence.from(key, US_ASCII)))
            .getKvs()
            .getFirst()
            .getModRevision();
    }

    private long put(String key, String value) {
        return connections.getLast()
            .call(client -> client.getKVClient()
                .put(ByteSequence.from(key, US_ASCII),
                        ByteSequence.from(value, US_ASCII)))
            .getHeader()
            .getRevision();
    }
}
