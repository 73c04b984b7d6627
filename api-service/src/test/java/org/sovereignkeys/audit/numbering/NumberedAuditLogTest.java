/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.audit.IndependentVerifier;
import org.sovereignkeys.audit.MemoryAuditStore;
import org.sovereignkeys.audit.MemoryAuditStore.Fault;
import org.sovereignkeys.audit.numbering.memory.MemoryNumberings;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.sovereignkeys.audit.Entries.VPC;

class NumberedAuditLogTest {
    private static final CallRecord CALL = Entries.call(VPC, "a-volume");
    private static final byte[] FOREIGN = {'x'};

    private final MemoryAuditStore store = new SlowStore();
    private final SoftwareVault vault = new SoftwareVault();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RecordingCopies copies = new RecordingCopies();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile long unreadable;
    private volatile Duration putDelay = Duration.ZERO;
    private NumberedAuditLog log;

    @BeforeEach
    void start() {
        log = new NumberedAuditLog(MemoryNumberings.of(store), store, copies, vault, meters, Duration.ofMillis(1500),
                Duration.ofMillis(20));
        log.start();
    }

    @AfterEach
    void close() {
        gate.countDown();
        log.close();
    }

    @Test
    void whatIsAppendedIsStoredUnderItsNumberAndVerifies() throws Exception {
        long number = log.append(CALL);

        assertThat(number).isEqualTo(1);
        assertThat(AuditEntry.ofJson(stored(1))).isEqualTo(new AuditEntry(1, CALL));
        assertThat(IndependentVerifier.verifies(vault.publicKey(), stored(1))).isTrue();
    }

    @Test
    void whatStandsInTheLogIsCopied() {
        log.append(CALL);

        assertThat(copies.copied.get(1L)).isEqualTo(stored(1));
    }

    @Test
    void anEntryThatWasStoredInTheBackgroundIsCopiedInTheBackground() {
        store.failPuts(Fault.REFUSED, 1);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));

        eventually(() -> copies.later.contains(1L));
        assertThat(copies.copied).isEmpty();
    }

    @Test
    void aCopyThatIsRequiredAndCannotBeMadeLeavesNothingUnsettled() {
        copies.refuses = true;
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));

        assertThat(store.log(VPC)).containsOnlyKeys(1L);
        assertThat(unsettled()).isZero();
    }

    @Test
    void anEntryStaysOnRecordUntilItsCopyIsKeptAccountOfAndIsNotStoredAgain() throws InterruptedException {
        copies.keeps = false;
        log.append(CALL);
        Thread.sleep(200);
        assertThat(unsettled()).isEqualTo(1);
        assertThat(copies.later).as("stored again in the background").isEmpty();

        copies.keep();
        assertThat(unsettled()).isZero();
    }

    @Test
    void theLogIsWellAgainWithTheFirstEntryThatIsStoredAndNoVpcWaitsForAnother() throws Exception {
        store.failPuts(Fault.REFUSED, Integer.MAX_VALUE);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 900; i++) {
                callers.execute(() -> answers(CALL));
            }
            callers.execute(() -> answers(Entries.call(Entries.OTHER_VPC, "another-volume")));
        }
        eventually(() -> log.isFailing());
        putDelay = Duration.ofMillis(100);
        store.failPuts(Fault.NONE, 0);

        eventually(() -> !log.isFailing() && store.log(Entries.OTHER_VPC).containsKey(1L));
        assertThat(unsettled()).as("much is still to be stored").isGreaterThan(300);
        putDelay = Duration.ZERO;
        eventually(() -> unsettled() == 0);
    }

    @Test
    void aRefusedPutGivesNoAnswerAndIsMadeUpFor() {
        store.failPuts(Fault.REFUSED, 1);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));

        eventually(() -> store.log(VPC).containsKey(1L));
        assertThat(AuditEntry.ofJson(stored(1)).record()).isEqualTo(CALL);
    }

    @Test
    void manyRefusedPutsLeaveNoGap() {
        store.failPuts(Fault.REFUSED, 25);
        int answered = 0;
        for (int i = 0; i < 30; i++) {
            answered += answers(CALL) ? 1 : 0;
        }
        assertThat(answered).isLessThan(30);
        eventually(() -> unsettled() == 0);
        assertThat(store.log(VPC).keySet()).isEqualTo(LongStream.rangeClosed(1, 30)
            .boxed()
            .collect(
                    Collectors.toSet()));
    }

    @Test
    void aLogThatCannotBeWrittenSaysSoUntilItCan() {
        assertThat(log.isFailing()).isFalse();
        store.failPuts(Fault.REFUSED, Integer.MAX_VALUE);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));
        eventually(log::isFailing);

        store.failPuts(Fault.NONE, 0);

        eventually(() -> !log.isFailing());
    }

    @Test
    void anEntryThatWasStoredThoughThePutFailedIsSettledAsItStands() {
        store.failPuts(Fault.STORED_BUT_FAILED, 1);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));
        byte[] first = stored(1);

        eventually(() -> unsettled() == 0);
        assertThat(stored(1)).isEqualTo(first);
        assertThat(store.log(VPC)).hasSize(1);
    }

    @Test
    void withoutTheHsmThereIsNoAnswerAndItIsMadeUpForLater() {
        vault.setAway(true);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));
        vault.setAway(false);

        eventually(() -> store.log(VPC).containsKey(1L));
        assertThat(log.append(CALL)).isEqualTo(2);
    }

    @Test
    void aLogThatIsAThousandBehindTakesNoMore() {
        vault.setAway(true);
        for (int i = 0; i < 1000; i++) {
            assertThat(answers(CALL)).isFalse();
        }
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL))
            .withMessageContaining("Number 1 of " + VPC);
        vault.setAway(false);

        eventually(() -> unsettled() == 0);
        assertThat(log.append(CALL)).isEqualTo(1001);
    }

    @Test
    void aNumberTakenBySomethingElseIsLeftAndTheCallGetsAnother() {
        log.append(CALL);
        store.putIfAbsent(VPC, 2, FOREIGN);

        assertThat(log.append(CALL)).isEqualTo(3);
        assertThat(stored(2)).isEqualTo(FOREIGN);
        assertThat(meters.counter("sovereign_keys.audit.taken").count()).isEqualTo(1);
    }

    @Test
    void aTakenNumberIsReportedOnceHoweverOftenAnotherIsAskedFor() {
        log.append(CALL);
        store.putIfAbsent(VPC, 2, FOREIGN);
        store.failTails(4);
        assertThat(answers(CALL)).isFalse();

        eventually(() -> store.log(VPC).containsKey(3L));
        assertThat(meters.counter("sovereign_keys.audit.taken").count()).isEqualTo(1);
    }

    @Test
    void anEntryWhoseNumberIsTakenByWhatCannotBeReadStaysOnRecordAndTheLogIsWell() throws InterruptedException {
        unreadable = 1;
        store.failPuts(Fault.STORED_BUT_FAILED, 1);
        assertThat(answers(CALL)).isFalse();
        store.failPuts(Fault.REFUSED, Integer.MAX_VALUE);
        assertThat(answers(CALL)).isFalse();
        eventually(log::isFailing);
        store.failPuts(Fault.NONE, 0);

        eventually(() -> store.log(VPC).containsKey(2L) && !log.isFailing());
        Thread.sleep(200);
        assertThat(log.isFailing()).isFalse();
        assertThat(unsettled()).isEqualTo(1);
        unreadable = 0;
        eventually(() -> unsettled() == 0);
        assertThat(store.log(VPC)).containsOnlyKeys(1L, 2L);
    }

    @Test
    void theSameEntryUnderAForeignSignatureIsSomethingElse() {
        log.append(CALL);
        AuditEntry second = new AuditEntry(2, CALL);
        store.putIfAbsent(VPC, 2, second.toJson(new SoftwareVault().sign(second.signedText())));

        assertThat(log.append(CALL)).isEqualTo(3);
    }

    @Test
    void theSameEntryUnderOurSignatureIsSettled() {
        log.append(CALL);
        AuditEntry second = new AuditEntry(2, CALL);
        store.putIfAbsent(VPC, 2, second.toJson(vault.sign(second.signedText())));

        assertThat(log.append(CALL)).isEqualTo(2);
    }

    @Test
    void holesLeftByACrashAreFilledOnceRecoveryIsAskedFor() throws Exception {
        LongStream.of(1, 2, 5).forEach(number -> store.putIfAbsent(VPC, number, FOREIGN));
        log.recover();

        eventually(() -> store.log(VPC).size() == 5);
        assertThat(AuditEntry.ofJson(stored(3)).record().isFiller()).isTrue();
        assertThat(IndependentVerifier.verifies(vault.publicKey(), stored(4))).isTrue();
        eventually(() -> meters.counter("sovereign_keys.audit.fillers").count() == 2);
    }

    @Test
    void aHoleThatSomethingElseFilledMeanwhileIsLeftToIt() {
        store.putIfAbsent(VPC, 2, FOREIGN);
        vault.setAway(true);
        log.recover();
        eventually(() -> unsettled() == 1);
        store.putIfAbsent(VPC, 1, FOREIGN);
        vault.setAway(false);

        eventually(() -> unsettled() == 0);
        assertThat(stored(1)).isEqualTo(FOREIGN);
        assertThat(meters.counter("sovereign_keys.audit.fillers").count()).isZero();
        assertThat(log.append(CALL)).isEqualTo(3);
    }

    @Test
    void olderHolesAreReportedAndNeverFilled() {
        LongStream.rangeClosed(1, 1500)
            .filter(number -> number != 7 && number != 8)
            .forEach(
                    number -> store.putIfAbsent(VPC, number, FOREIGN));
        log.recover();

        eventually(() -> meters.counter("sovereign_keys.audit.old_holes").count() == 2);
        assertThat(log.append(CALL)).isEqualTo(1501);
        assertThat(store.log(VPC)).doesNotContainKeys(7L, 8L);
    }

    @Test
    void aRecoveryThatFailedIsTriedAgain() {
        store.putIfAbsent(VPC, 2, FOREIGN);
        store.failTails(3);
        log.recover();

        eventually(() -> store.log(VPC).containsKey(1L));
    }

    @Test
    void anEntryThatTakesTooLongGivesNoAnswer() {
        gate = new CountDownLatch(1);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL))
            .withMessageContaining("not stored within");
        gate.countDown();

        eventually(() -> unsettled() == 0);
        assertThat(store.log(VPC)).containsOnlyKeys(1L);
    }

    @Test
    void closingStoresWhatIsOnRecord() {
        vault.setAway(true);
        assertThat(answers(CALL)).isFalse();
        vault.setAway(false);
        log.close();

        assertThat(store.log(VPC)).containsOnlyKeys(1L);
    }

    @Test
    void aClosedLogTakesNoMore() {
        log.close();

        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> log.append(CALL));
    }

    @Test
    void aTextThatMayNotStandInAnEntryIsABugAndTakesNoNumber() {
        assertThatIllegalStateException().isThrownBy(() -> log.append(Entries.call(VPC, "two\nlines")));
        assertThat(log.append(CALL)).isEqualTo(1);
    }

    @Test
    void underLoadAndFaultsNoNumberIsLeftOutAndEachAnswerHasItsEntry() throws Exception {
        List<VpcId> vpcIds = List.of(VPC, Entries.OTHER_VPC, new VpcId("vpc-00000003"), new VpcId("vpc-00000004"));
        ConcurrentHashMap<String, CallRecord> answered = new ConcurrentHashMap<>();
        List<Callable<Void>> clients = new ArrayList<>();
        for (int client = 0; client < 32; client++) {
            VpcId vpcId = vpcIds.get(client % 4);
            int id = client;
            clients.add(() -> {
                for (int i = 0; i < 40; i++) {
                    disturb();
                    CallRecord call = Entries.call(vpcId, id + "-" + i);
                    try {
                        answered.put(vpcId + "/" + log.append(call), call);
                    } catch (AuditUnavailableException expected) {
                        // no answer
                    }
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> client : threads.invokeAll(clients)) {
                client.get();
            }
        }
        store.failPuts(Fault.NONE, 0);
        vault.setAway(false);
        eventually(() -> unsettled() == 0);

        for (VpcId vpcId : vpcIds) {
            assertThat(store.log(vpcId).lastKey()).isEqualTo(320);
            store.log(vpcId).forEach((number, json) -> assertAnswer(number, json, answered.get(vpcId + "/" + number)));
        }
        assertThat(answered).hasSizeBetween(100, 1280);
    }

    private void assertAnswer(long number, byte[] json, @Nullable CallRecord answered) {
        AuditEntry entry = AuditEntry.ofJson(json);
        assertThat(entry.number()).isEqualTo(number);
        if (answered != null) {
            assertThat(entry.record()).isEqualTo(answered);
        }
        try {
            assertThat(IndependentVerifier.verifies(vault.publicKey(), json)).isTrue();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void disturb() {
        switch (ThreadLocalRandom.current().nextInt(60)) {
            case 0 -> store.failPuts(Fault.REFUSED, 5);
            case 1 -> store.failPuts(Fault.STORED_BUT_FAILED, 5);
            case 2 -> vault.setAway(true);
            default -> vault.setAway(false);
        }
    }

    private boolean answers(CallRecord call) {
        try {
            log.append(call);
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }

    private byte[] stored(long number) {
        return store.read(VPC, number).orElseThrow();
    }

    private double unsettled() {
        return meters.get("sovereign_keys.audit.unsettled").gauge().value();
    }

    private static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() < end).as("within 20 seconds").isTrue();
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits at the gate before it stores, and does not read everything. */
    private final class SlowStore extends MemoryAuditStore {
        @Override
        public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
            try {
                gate.await();
                Thread.sleep(putDelay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.putIfAbsent(vpcId, number, json);
        }

        @Override
        public Optional<byte[]> read(VpcId vpcId, long number) {
            if (number == unreadable) {
                throw new AuditUnavailableException("archived", null);
            }
            return super.read(vpcId, number);
        }
    }

    /** Notes what it was given. */
    private static final class RecordingCopies implements CustomerCopies {
        private final Map<Long, byte[]> copied = new ConcurrentHashMap<>();
        private final Set<Long> later = ConcurrentHashMap.newKeySet();
        private final Queue<Runnable> unkept = new ConcurrentLinkedQueue<>();
        private volatile boolean refuses;
        private volatile boolean keeps = true;

        @Override
        public void copy(VpcId vpcId, long number, byte[] json, Runnable whenKept) {
            unkept.add(whenKept);
            if (keeps) {
                keep();
            }
            if (refuses) {
                throw new AuditUnavailableException("no copy", null);
            }
            copied.put(number, json);
        }

        @Override
        public void copyLater(VpcId vpcId, long number, Runnable whenKept) {
            later.add(number);
            whenKept.run();
        }

        void keep() {
            for (Runnable next = unkept.poll(); next != null; next = unkept.poll()) {
                next.run();
            }
        }
    }
}
