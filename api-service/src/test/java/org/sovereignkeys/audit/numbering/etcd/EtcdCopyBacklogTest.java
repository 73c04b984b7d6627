/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.audit.MemoryAuditStore;
import org.sovereignkeys.audit.PendingNumbers;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.etcd.EtcdServer;
import org.sovereignkeys.etcd.EtcdUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sovereignkeys.audit.Entries.OTHER_VPC;
import static org.sovereignkeys.audit.Entries.VPC;

/** What waits for its copy, on a real etcd that comes and goes, as nodes do. */
class EtcdCopyBacklogTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AFTER_THE_LEASE = Duration.ofSeconds(20);

    private final EtcdServer server = EtcdServer.start();
    private final List<Node> nodes = new ArrayList<>();

    /** A node that copies nothing, but notes what it is told. */
    private final class Node implements CopyBacklog.Heir {
        private final EtcdNode etcd = EtcdNode.start(server, new MemoryAuditStore());
        private final AtomicInteger looks = new AtomicInteger();
        private final Queue<String> inherited = new ConcurrentLinkedQueue<>();
        private final AtomicInteger kept = new AtomicInteger();
        private final AtomicReference<@Nullable Error> error = new AtomicReference<>();

        Node() {
            nodes.add(this);
            etcd.backlog().start(this);
            Awaitility.await().atMost(SOON).until(() -> looks.get() == 1);
        }

        @Override
        public void inherit(VpcId vpcId, PendingNumbers numbers) {
            Error now = error.getAndSet(null);
            if (now != null) {
                throw now;
            }
            inherited.add(vpcId + " " + numbers);
        }

        @Override
        public void lookThroughLogs() {
            looks.incrementAndGet();
        }

        CopyBacklog backlog() {
            return etcd.backlog();
        }

        void add(long first, long last) {
            LongStream.rangeClosed(first, last).forEach(number -> backlog().add(VPC, number, kept::incrementAndGet));
        }

        boolean begin(String last) {
            return backlog().begin(VPC, PendingNumbers.of(last).orElseThrow());
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> node.etcd.close());
        server.close();
    }

    @Test
    void whatIsCopiedAtOnceIsNeverWritten() throws Exception {
        Node node = new Node();
        long before = EtcdNode.revision(server);
        for (int number = 1; number <= 100; number++) {
            Thread.sleep(10);
            node.add(number, number);
            node.backlog().remove(VPC, number);
            assertThat(node.kept).hasValue(number);
        }
        Thread.sleep(600);

        assertThat(EtcdNode.revision(server)).isEqualTo(before);
    }

    @Test
    void nothingIsToBeWrittenUntilACopyTakesLong() {
        CopyAccount account = new CopyAccount();
        account.writeAs(new Boot("boot", 1));
        account.written(account.draft(new PendingNumbers()), Optional.empty(), 0);
        account.add(1, () -> {}, 0);

        assertThat(account.isDue(Duration.ofMillis(249).toNanos(), false)).isFalse();
        assertThat(account.isDue(Duration.ofMillis(250).toNanos(), false)).isTrue();
    }

    @Test
    void whatStaysBehindIsWrittenInFewChangesHoweverMuchItIs() {
        Node node = new Node();
        long before = EtcdNode.revision(server);
        node.add(5, 900);
        node.add(902, 902);

        Awaitility.await().atMost(SOON).until(() -> node.kept.get() == 897);
        assertThat(EtcdNode.backlogs(server, VPC)).containsValue("5-900,902").hasSize(1);
        assertThat(EtcdNode.revision(server)).isLessThanOrEqualTo(before + 10);
        node.add(7, 7);
        assertThat(node.kept).as("known already").hasValue(898);
    }

    @Test
    void anErrorDoesNotEndIt() {
        Node node = new Node();
        node.error.set(new StackOverflowError("of this test"));
        EtcdNode.putBacklog(server, VPC, "gone", "1-3");
        Awaitility.await().atMost(SOON).until(() -> node.error.get() == null);
        node.add(9, 9);

        Awaitility.await().atMost(SOON).until(() -> EtcdNode.backlogs(server, VPC).containsValue("1-3,9"));
    }

    @Test
    void whatIsCopiedInTheEndIsTakenOut() {
        Node node = new Node();
        node.add(1, 3);
        awaitBacklog("1-3");
        node.backlog().remove(VPC, 2);
        awaitBacklog("1,3");
        node.backlog().clear(VPC);

        Awaitility.await().atMost(AFTER_THE_LEASE).until(() -> EtcdNode.backlogs(server, VPC).isEmpty());
    }

    @Test
    void oneOfThoseThatLiveTakesOverWhatOneThatIsGoneLeft() {
        Node gone = new Node();
        Node first = new Node();
        Node second = new Node();
        gone.add(5, 9);
        gone.add(12, 12);
        first.add(1, 1);
        second.add(1, 1);
        Awaitility.await().atMost(SOON).until(() -> EtcdNode.backlogs(server, VPC).size() == 3);
        gone.etcd.drop();

        Awaitility.await().atMost(AFTER_THE_LEASE).until(() -> EtcdNode.backlogs(server, VPC).size() == 2);
        assertThat(EtcdNode.backlogs(server, VPC).values()).containsExactlyInAnyOrder("1", "1,5-9,12");
        Awaitility.await()
            .during(Duration.ofSeconds(2))
            .until(() -> first.inherited.size() + second.inherited.size() == 1);
        assertThat(first.inherited.isEmpty() ? second.inherited : first.inherited).containsExactly(VPC + " 5-9,12");
    }

    @Test
    void whatManyLeftIsTakenOverOnceWhileTwoRaceForIt() {
        new Node();
        new Node();
        IntStream.rangeClosed(1, 40).forEach(n -> EtcdNode.putBacklog(server, VPC, "gone-" + n, 10 * n + ""));

        Awaitility.await().atMost(SOON).until(() -> EtcdNode.backlogs(server, VPC).size() <= 2);
        Awaitility.await().atMost(SOON).until(() -> inherited().size() >= 40); // told after etcd is
        assertThat(inherited()).hasSize(40).doesNotHaveDuplicates();
    }

    private List<String> inherited() {
        return nodes.stream().flatMap(node -> node.inherited.stream()).toList();
    }

    @Test
    void aBacklogThatCannotBeReadMakesTheLogUnknown() {
        Node node = new Node();
        assertThat(node.begin("1-3")).isTrue();
        EtcdNode.putBacklog(server, VPC, "gone", "rubbish");

        Awaitility.await().atMost(SOON).until(() -> node.looks.get() == 2);
        assertThat(node.backlog().unknown(Set.of(VPC))).containsExactly(VPC);
        assertThat(EtcdNode.backlogs(server, VPC)).doesNotContainKey("gone").containsValue("1-3");
    }

    @Test
    void oneOnlyBeginsALogOfWhichNothingIsKnown() throws Exception {
        Node first = new Node();
        Node second = new Node();
        assertThat(first.backlog().unknown(Set.of(VPC, OTHER_VPC))).containsExactlyInAnyOrder(VPC, OTHER_VPC);

        assertThat(race(() -> first.begin("1-1000"), () -> second.begin("1-1000"))).containsExactlyInAnyOrder(true,
                false);
        assertThat(second.backlog().unknown(Set.of(VPC, OTHER_VPC))).containsExactly(OTHER_VPC);
        assertThat(EtcdNode.backlogs(server, VPC)).containsValue("1-1000").hasSize(1);
    }

    private static List<Boolean> race(Callable<Boolean> one, Callable<Boolean> other) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(List.of(one, other))) {
                results.add(result.get());
            }
            return results;
        }
    }

    @Test
    void afterALossOfEtcdsDataWhatWaitsIsWrittenAgainAndLogsAreUnknown() {
        Node node = new Node();
        Awaitility.await().atMost(SOON).ignoreExceptions().until(() -> node.begin("1-3"));
        server.restartEmpty();

        awaitBacklog("1-3");
        Awaitility.await().atMost(SOON).until(() -> node.looks.get() == 2);
        assertThat(node.backlog().unknown(Set.of(VPC))).containsExactly(VPC);
    }

    @Test
    void whileEtcdIsAwayNothingWaitsForItAndAfterwardsAllIsWritten() throws Exception {
        Node node = new Node();
        server.kill();
        long start = System.nanoTime();
        node.add(1, 500);
        node.backlog().remove(VPC, 250);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        Thread.sleep(3000);
        assertThat(node.kept).as("known nowhere else").hasValue(1);
        server.restart();

        awaitBacklog("1-249,251-500");
        Awaitility.await().atMost(SOON).until(() -> node.kept.get() == 500);
    }

    @Test
    void aNodeThatLostItsLeaseWritesUnderItsNewName() {
        Node node = new Node();
        node.add(1, 3);
        awaitBacklog("1-3");
        Map<String, String> before = EtcdNode.backlogs(server, VPC);
        EtcdNode.endAllLeases(server);

        Awaitility.await()
            .atMost(AFTER_THE_LEASE)
            .until(() -> EtcdNode.backlogs(server, VPC).containsValue("1-3")
                    && EtcdNode.backlogs(server, VPC).keySet().stream().noneMatch(before::containsKey));
    }

    @Test
    void whatIsFoundUnderItsNameIsTakenForItsOwn() {
        Node node = new Node();
        node.add(1, 3);
        awaitBacklog("1-3");
        String bootId = EtcdNode.backlogs(server, VPC).keySet().iterator().next();
        EtcdNode.putBacklog(server, VPC, bootId, "1-3,7"); // as if a claim had been made whose answer was lost
        node.add(9, 9);

        awaitBacklog("1-3,7,9");
        assertThat(node.inherited).containsExactly(VPC + " 1-3,7");
    }

    @Test
    void anOrderlyEndLeavesNothingUnwritten() {
        Node node = new Node();
        node.add(1, 3);
        node.etcd.close();

        assertThat(EtcdNode.backlogs(server, VPC)).containsValue("1-3");
        assertThat(node.kept).hasValue(3);
    }

    private void awaitBacklog(String text) {
        Awaitility.await()
            .atMost(AFTER_THE_LEASE)
            .ignoreException(EtcdUnavailableException.class)
            .until(() -> EtcdNode.backlogs(server, VPC).containsValue(text));
    }
}
