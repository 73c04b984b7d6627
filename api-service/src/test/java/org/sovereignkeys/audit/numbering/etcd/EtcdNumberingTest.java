/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.audit.MemoryAuditStore;
import org.sovereignkeys.audit.numbering.NumberedAuditLog;
import org.sovereignkeys.audit.numbering.NumberedAuditLogs;
import org.sovereignkeys.etcd.EtcdServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.audit.Entries.OTHER_VPC;
import static org.sovereignkeys.audit.Entries.VPC;

/** Two nodes on one etcd and one store, while etcd and the nodes come and go. */
class EtcdNumberingTest {
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final EtcdServer server = EtcdServer.start();
    private final MemoryAuditStore store = new MemoryAuditStore();
    private final Map<Long, CallRecord> answered = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private EtcdNode first;
    private EtcdNode second;
    private @Nullable EtcdNode gone;
    private NumberedAuditLog firstLog;
    private NumberedAuditLog secondLog;

    @BeforeEach
    void start() {
        first = EtcdNode.start(server, store);
        second = EtcdNode.start(server, store);
        firstLog = NumberedAuditLogs.start(first.numbering(), store, first.meters());
        secondLog = NumberedAuditLogs.start(second.numbering(), store, second.meters());
    }

    @AfterEach
    void close() {
        firstLog.close();
        secondLog.close();
        first.close();
        second.close();
        if (gone != null) {
            gone.close();
        }
        server.close();
    }

    @Test
    void twoNodesShareTheNumbersOfAVpc() {
        assertThat(firstLog.append(newCall())).isEqualTo(1);
        assertThat(secondLog.append(newCall())).isEqualTo(2);
        assertThat(firstLog.append(newCall())).isEqualTo(3);
    }

    @Test
    void underLoadThereIsNoGapAndEachAnswerHasItsEntry() throws Exception {
        underLoad(() -> Thread.sleep(2000));

        assertLogIsWhole();
        assertThat(first.meters().summary("sovereign_keys.audit.batch").max()).isBetween(2.0, 100.0);
        Awaitility.await().atMost(WITHIN).until(() -> EtcdNode.records(server).isEmpty());
    }

    @Test
    void aKilledEtcdThatKeptItsDataCostsNothing() throws Exception {
        underLoad(() -> {
            Thread.sleep(500);
            server.restart();
            Thread.sleep(2000);
            server.restart();
            Thread.sleep(500);
        });

        assertLogIsWhole();
    }

    @Test
    void anEtcdThatLostItsDataCostsNoNumberAndNoRepeat() throws Exception {
        underLoad(() -> {
            Thread.sleep(500);
            server.restartEmpty();
            Thread.sleep(3000);
            server.restartEmpty();
            Thread.sleep(1000);
        });

        assertLogIsWhole();
    }

    @Test
    void leasesThatAreLostUnderLoadCostNothing() throws Exception {
        underLoad(() -> {
            for (int i = 0; i < 5; i++) {
                Thread.sleep(300);
                EtcdNode.endAllLeases(server);
            }
        });

        assertLogIsWhole();
        assertThat(first.meters().counter("sovereign_keys.audit.leases_lost").count()).isPositive();
    }

    @Test
    void aStoppedEtcdIsSeenThroughAndMadeUpFor() throws Exception {
        underLoad(() -> {
            Thread.sleep(500);
            server.pause();
            Thread.sleep(4000);
            server.resume();
            Thread.sleep(2000);
        });

        assertLogIsWhole();
    }

    @Test
    void whileEtcdIsAwayACallIsRefusedInTimeAndServedWithinSecondsOfItsReturn() {
        firstLog.append(newCall());
        server.kill();
        long start = System.nanoTime();
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> firstLog.append(newCall()));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));

        server.restart();
        Awaitility.await().atMost(WITHIN).until(() -> answers(firstLog, newCall()));
    }

    @Test
    void afterALongAbsenceWithoutItsDataEtcdIsUsedWithinSecondsOfItsReturn() throws Exception {
        firstLog.append(newCall());
        server.kill();
        Thread.sleep(12_000);

        server.restartEmpty();
        Awaitility.await().atMost(WITHIN).until(() -> answers(firstLog, newCall()));
        assertLogIsWhole();
    }

    @Test
    void anotherNodeStoresWhatOneThatIsGoneLeft() {
        AuditEntry entry = lostWithItsNode();

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> store.log(VPC).containsKey(1L));
        assertThat(stored(1)).isEqualTo(entry);
        assertThat(secondLog.append(newCall())).isEqualTo(2);
    }

    @Test
    void recordsThatCannotBeReadStayAndHoldUpNoOther() {
        Map<String, String> unreadable = Map.of("!", "{", VPC + "/!", "{", VPC + "/000000001-0", "{",
                VPC + "/000000001-0-0", "{}",
                VPC + "/000000001-0-1", "", VPC + "/000000001-0-2", "7", VPC + "/000000001-0-3", "x");
        unreadable.forEach((name, text) -> EtcdNode.putUnderRecords(server, text, Stream.of(name)));
        AuditEntry entry = lostWithItsNode();

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> store.log(VPC).containsKey(1L));
        assertThat(stored(1)).isEqualTo(entry);
        assertThat(secondLog.append(newCall())).isEqualTo(2);
        assertThat(EtcdNode.records(server)).containsAll(
                unreadable.keySet().stream().map(name -> Keys.RECORDS + name).toList());
    }

    @Test
    void howManyRecordsThereAreDoesNotMatter() {
        String node = EtcdNode.withLivingNode(server);
        EtcdNode.putUnderRecords(server, "",
                IntStream.range(0, 60_000).mapToObj(number -> OTHER_VPC + "/%09d-%s-0".formatted(number, node)));
        AuditEntry entry = lostWithItsNode();

        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> store.log(VPC).containsKey(1L));
        assertThat(stored(1)).isEqualTo(entry);
    }

    /** Leaves an entry on record of a node whose process is, as far as etcd can see, no more. */
    private AuditEntry lostWithItsNode() {
        gone = EtcdNode.start(server, store);
        AuditEntry entry = gone.numbering().take(newCall());
        gone.drop();
        return entry;
    }

    @Test
    void aNodeThatLostItsLeaseNumbersUnderAnotherBootId() {
        firstLog.append(newCall());
        EtcdNode.endAllLeases(server);
        Awaitility.await().atMost(WITHIN).until(() -> answers(firstLog, newCall()));

        Awaitility.await().atMost(WITHIN).until(() -> first.numbering().recordCount() == 0);
        assertLogIsWhole();
    }

    @Test
    void aRecordWhoseNodeGaveUpBeforeItKnewOfItIsStored() {
        firstLog.append(newCall());
        AuditEntry entry = new AuditEntry(2, newCall());
        EtcdNode.putOnRecordUnknownToItsNode(server, entry);

        Awaitility.await().atMost(WITHIN).until(() -> store.log(VPC).containsKey(2L));
        assertThat(stored(2)).isEqualTo(entry);
        assertThat(secondLog.append(newCall())).isEqualTo(3);
    }

    @Test
    void aCounterThatLagsBehindTheLogCatchesUpWhenTheLogIsOpened() {
        firstLog.append(newCall());
        LongStream.of(2, 5).forEach(number -> store.putIfAbsent(VPC, number, new byte[]{'x'}));
        second.numbering().open(VPC);

        Awaitility.await().atMost(WITHIN).until(() -> store.log(VPC).size() == 5);
        assertThat(firstLog.append(newCall())).isEqualTo(6);
    }

    @Test
    void aCounterThatIsNoNumberIsNamed() {
        firstLog.append(newCall());
        EtcdNode.putCounter(server, VPC, "two");
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> secondLog.append(newCall()))
            .withMessageContaining(Keys.counter(VPC) + " in etcd is not a number");

        EtcdNode.deleteCounter(server, VPC);
        assertThat(secondLog.append(newCall())).isEqualTo(2);
    }

    private interface Disturbance {
        void run() throws Exception;
    }

    private void underLoad(Disturbance disturbance) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            NumberedAuditLog log = i % 2 == 0 ? firstLog : secondLog;
            clients.add(() -> {
                while (!over.get()) {
                    answers(log, newCall());
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = clients.stream().map(threads::submit).toList();
            try {
                disturbance.run();
                Awaitility.await("many are answered").atMost(Duration.ofSeconds(60)).until(() -> answered.size() > 50);
            } finally {
                over.set(true);
            }
            for (Future<Void> client : running) {
                client.get();
            }
        }
        Awaitility.await("nothing is on record")
            .atMost(Duration.ofSeconds(30))
            .until(
                    () -> first.numbering().recordCount() + second.numbering().recordCount() == 0
                            && EtcdNode.records(server).isEmpty());
    }

    private CallRecord newCall() {
        return Entries.call(VPC, "v-" + calls.incrementAndGet());
    }

    private boolean answers(NumberedAuditLog log, CallRecord call) {
        try {
            assertThat(answered.put(log.append(call), call)).isNull();
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }

    private AuditEntry stored(long number) {
        return AuditEntry.ofJson(store.read(VPC, number).orElseThrow());
    }

    private void assertLogIsWhole() {
        assertThat(store.log(VPC).keySet())
            .containsExactlyElementsOf(LongStream.rangeClosed(1, store.log(VPC).lastKey()).boxed().toList());
        answered.forEach((number, call) -> assertThat(stored(number))
            .isEqualTo(new AuditEntry(number, call)));
        assertThat(store.log(VPC)
            .values()
            .stream()
            .map(AuditEntry::ofJson)
            .filter(entry -> !entry.record().isFiller())
            .map(AuditEntry::record)).doesNotHaveDuplicates();
    }
}
