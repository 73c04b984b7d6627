/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.Entries;
import org.sovereignkeys.audit.MemoryAuditStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.audit.Entries.OTHER_VPC;
import static org.sovereignkeys.audit.Entries.VPC;

/** What every numbering keeps to. */
public abstract class NumberingContract {
    private static final byte[] SOMETHING = {'x'};
    private static final CallRecord CALL = Entries.call(VPC, "a-volume");

    private final MemoryAuditStore store = new MemoryAuditStore();

    /** A numbering without counters, on top of the store. */
    protected abstract Numbering numbering(AuditStore store);

    @Test
    void theFirstNumberIsOne() {
        assertThat(numbering(store).take(CALL)).isEqualTo(new AuditEntry(1, CALL));
    }

    @Test
    void numbersFollowEachOther() {
        Numbering numbering = numbering(store);
        numbering.take(CALL);

        assertThat(numbering.take(CALL).number()).isEqualTo(2);
    }

    @Test
    void numbersGoOnFromTheHighestInTheStore() {
        LongStream.rangeClosed(1, 7).forEach(number -> store.putIfAbsent(VPC, number, SOMETHING));

        assertThat(numbering(store).take(CALL).number()).isEqualTo(8);
    }

    @Test
    void eachVpcHasItsNumbers() {
        Numbering numbering = numbering(store);
        numbering.take(CALL);

        assertThat(numbering.take(Entries.call(OTHER_VPC, "v")).number()).isEqualTo(1);
    }

    @Test
    void aTakenNumberIsOnRecordUntilItIsSettled() {
        Numbering numbering = numbering(store);
        AuditEntry entry = numbering.take(CALL);
        assertThat(numbering.onRecord()).containsExactly(entry);
        assertThat(numbering.recordCount()).isEqualTo(1);

        numbering.settle(entry);
        assertThat(numbering.onRecord()).isEmpty();
        assertThat(numbering.recordCount()).isZero();
    }

    @Test
    void settlingTwiceDoesNoHarm() {
        Numbering numbering = numbering(store);
        AuditEntry entry = numbering.take(CALL);
        numbering.settle(entry);
        numbering.settle(entry);

        assertThat(numbering.take(CALL).number()).isEqualTo(2);
    }

    @Test
    void theRecordsOfAVpcAreGivenOldestFirst() {
        Numbering numbering = numbering(store);
        AuditEntry first = numbering.take(CALL);
        AuditEntry second = numbering.take(CALL);

        assertThat(numbering.onRecord()).containsExactly(first, second);
    }

    @Test
    void whatWasLostInFlightIsPutOnRecord() {
        LongStream.of(1, 3, 6).forEach(number -> store.putIfAbsent(VPC, number, SOMETHING));
        Numbering numbering = numbering(store);
        numbering.open(VPC);

        assertThat(numbering.onRecord()).allMatch(entry -> entry.record().isFiller())
            .extracting(AuditEntry::number)
            .containsExactly(2L, 4L, 5L);
    }

    @Test
    void whatIsMissingBeforeTheLastThousandIsLeftAsItIs() {
        LongStream.rangeClosed(1, 1500)
            .filter(number -> number != 500 && number != 501)
            .forEach(
                    number -> store.putIfAbsent(VPC, number, SOMETHING));
        Numbering numbering = numbering(store);
        numbering.open(VPC);

        assertThat(numbering.onRecord()).extracting(AuditEntry::number).containsExactly(501L);
    }

    @Test
    void aVpcIsLookedUpOnceOnly() throws Exception {
        Numbering numbering = numbering(store);
        inParallel(32, () -> numbering.take(CALL));

        assertThat(store.tailCalls()).isEqualTo(1);
    }

    @Test
    void aLookUpThatFailedIsTriedAgainByTheNextCall() {
        Numbering numbering = numbering(store);
        store.failTails(1);
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> numbering.take(CALL));

        assertThat(numbering.take(CALL).number()).isEqualTo(1);
    }

    @Test
    void manyThreadsGetEachNumberOnce() throws Exception {
        Numbering numbering = numbering(store);
        List<Long> numbers = new ArrayList<>(inParallel(500, () -> numbering.take(CALL)).stream()
            .map(AuditEntry::number)
            .toList());
        Collections.sort(numbers);

        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, 500).boxed().toList());
    }

    @Test
    void noNumberIsGivenOutAThousandAboveOneOnRecord() {
        Numbering numbering = numbering(store);
        AuditEntry oldest = numbering.take(CALL);
        for (int i = 0; i < 999; i++) {
            numbering.settle(numbering.take(CALL));
        }
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> numbering.take(CALL));

        numbering.settle(oldest);
        assertThat(numbering.take(CALL).number()).isEqualTo(1001);
    }

    @Test
    void aFullLogGivesOutNoNumber() {
        store.putIfAbsent(VPC, AuditStore.MAX_NUMBER, SOMETHING);
        Numbering numbering = numbering(store);
        numbering.open(VPC);
        numbering.onRecord().forEach(numbering::settle);

        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> numbering.take(CALL));
    }

    @Test
    void anEntryWhoseNumberIsTakenGetsOneBeyondTheHighestInTheStore() {
        Numbering numbering = numbering(store);
        AuditEntry entry = numbering.take(CALL);
        LongStream.rangeClosed(1, 5).forEach(number -> store.putIfAbsent(VPC, number, SOMETHING));

        assertThat(numbering.renumber(entry)).isEqualTo(entry.withNumber(6));
        assertThat(numbering.onRecord()).containsExactly(entry.withNumber(6));
    }

    @Test
    void numbersThatTheCounterLeavesOutAreFilled() {
        Numbering numbering = numbering(store);
        AuditEntry entry = numbering.take(CALL);
        LongStream.of(1, 2, 5).forEach(number -> store.putIfAbsent(VPC, number, SOMETHING));
        numbering.renumber(entry);

        assertThat(numbering.onRecord()).filteredOn(onRecord -> onRecord.record().isFiller())
            .extracting(AuditEntry::number)
            .containsExactly(3L, 4L);
    }

    @Test
    void anEntryThatAnotherThreadSettledGetsNoOtherNumber() {
        Numbering numbering = numbering(store);
        AuditEntry entry = numbering.take(CALL);
        numbering.settle(entry);

        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> numbering.renumber(entry));
    }

    @Test
    void aFillerWhoseNumberIsTakenIsDropped() {
        store.putIfAbsent(VPC, 2, SOMETHING);
        Numbering numbering = numbering(store);
        numbering.open(VPC);
        AuditEntry filler = numbering.onRecord().getFirst();
        store.putIfAbsent(VPC, 1, SOMETHING);

        assertThat(numbering.renumber(filler)).isEqualTo(filler);
        assertThat(numbering.onRecord()).isEmpty();
        assertThat(numbering.take(CALL).number()).isEqualTo(3);
    }

    private static <T> List<T> inParallel(int count, Callable<T> work) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> result : threads.invokeAll(Collections.nCopies(count, work))) {
                results.add(result.get());
            }
        }
        return results;
    }
}
