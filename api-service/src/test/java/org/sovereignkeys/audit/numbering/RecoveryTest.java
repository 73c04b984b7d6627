/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore.Tail;
import org.sovereignkeys.audit.CallRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sovereignkeys.audit.Entries.VPC;

class RecoveryTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void anEmptyLogBeginsAtOne() {
        assertThat(Recovery.of(VPC, new Tail(0, List.of()), 0, NOW)).isEqualTo(new Recovery(0, List.of()));
    }

    @Test
    void numbersGoOnBehindTheHighestInTheStore() {
        assertThat(Recovery.of(VPC, new Tail(42, List.of()), 0, NOW).highest()).isEqualTo(42);
    }

    @Test
    void holesOfTheTailAreFilledWithAnEntryThatSaysSo() {
        assertThat(Recovery.of(VPC, new Tail(42, List.of(40L)), 0, NOW).fillers())
            .containsExactly(new AuditEntry(40, CallRecord.lostInFlight(VPC, NOW)));
    }

    @Test
    void whatTheCounterHasTakenIsNoHole() {
        assertThat(Recovery.of(VPC, new Tail(42, List.of(38L, 39L, 40L)), 39, NOW).fillers())
            .extracting(AuditEntry::number)
            .containsExactly(40L);
    }

    @Test
    void aCounterAheadOfTheStoreStays() {
        assertThat(Recovery.of(VPC, new Tail(42, List.of()), 50, NOW).highest()).isEqualTo(50);
    }
}
