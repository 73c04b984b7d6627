/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.AuditStore.Put;
import org.sovereignkeys.audit.AuditStore.Tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.audit.Entries.OTHER_VPC;
import static org.sovereignkeys.audit.Entries.VPC;

/** What every store of entries keeps to. */
public abstract class AuditStoreContract {
    /** The store under test, empty at the start of each test; always the same one in a test. */
    protected abstract AuditStore store();

    @Test
    void whatIsStoredReadsBack() {
        assertThat(store().putIfAbsent(VPC, 1, bytes("one"))).isEqualTo(Put.STORED);
        assertThat(store().read(VPC, 1)).hasValue(bytes("one"));
    }

    @Test
    void aTakenNumberKeepsWhatStandsThere() {
        store().putIfAbsent(VPC, 1, bytes("one"));

        assertThat(store().putIfAbsent(VPC, 1, bytes("two"))).isEqualTo(Put.TAKEN);
        assertThat(store().read(VPC, 1)).hasValue(bytes("one"));
    }

    @Test
    void ofManyWritersOfOneNumberExactlyOneWins() throws Exception {
        List<Callable<Put>> writers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            byte[] content = bytes("writer " + i);
            writers.add(() -> store().putIfAbsent(VPC, 1, content));
        }
        List<Put> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Put> outcome : threads.invokeAll(writers)) {
                outcomes.add(outcome.get());
            }
        }
        assertThat(outcomes).containsOnlyOnce(Put.STORED);
    }

    @Test
    void nothingReadsAsNothing() {
        assertThat(store().read(VPC, 1)).isEmpty();
    }

    @Test
    void logsOfVpcsAreApart() {
        store().putIfAbsent(VPC, 1, bytes("one"));

        assertThat(store().putIfAbsent(OTHER_VPC, 1, bytes("other"))).isEqualTo(Put.STORED);
        assertThat(store().tail(VPC)).isEqualTo(new Tail(1, List.of()));
    }

    @Test
    void anEmptyLogEndsAtZero() {
        assertThat(store().tail(VPC)).isEqualTo(new Tail(0, List.of()));
    }

    @Test
    void theTailNamesWhatIsMissingAmongTheLastThousand() {
        LongStream.of(1, 1001, 1500, 2000).forEach(number -> store().putIfAbsent(VPC, number, bytes("x")));

        assertThat(store().tail(VPC)).isEqualTo(new Tail(2000,
                LongStream.range(1002, 2000).filter(number -> number != 1500).boxed().toList()));
    }

    @Test
    void theTailOfAShortLogBeginsAtOne() {
        store().putIfAbsent(VPC, 3, bytes("x"));

        assertThat(store().tail(VPC)).isEqualTo(new Tail(3, List.of(1L, 2L)));
    }

    @Test
    void olderHolesAreGivenAsRanges() {
        LongStream.of(3, 4, 8, 20).forEach(number -> store().putIfAbsent(VPC, number, bytes("x")));

        assertThat(store().holesBefore(VPC, 11)).containsExactly(new NumberRange(1, 2), new NumberRange(5, 7),
                new NumberRange(9, 10));
    }

    @Test
    void aWholeLogHasNoHoles() {
        LongStream.of(1, 2, 3).forEach(number -> store().putIfAbsent(VPC, number, bytes("x")));

        assertThat(store().holesBefore(VPC, 4)).isEmpty();
    }

    @Test
    void theVpcsThatHaveEntriesAreKnown() {
        store().putIfAbsent(VPC, 1, bytes("x"));
        store().putIfAbsent(OTHER_VPC, 1, bytes("x"));

        assertThat(store().vpcIds()).containsExactlyInAnyOrder(VPC, OTHER_VPC);
    }

    @Test
    void theLastNumberWithNineDigitsIsStored() {
        store().putIfAbsent(VPC, 999_999_999, bytes("x"));

        assertThat(store().tail(VPC).highest()).isEqualTo(999_999_999);
    }

    @Test
    void aNumberWithTenDigitsIsRefused() {
        assertThatExceptionOfType(AuditUnavailableException.class)
            .isThrownBy(() -> store().putIfAbsent(VPC, 1_000_000_000, bytes("x")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
