/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PendingNumbersTest {
    private final PendingNumbers pending = new PendingNumbers();

    @Test
    void aNumberIsCountedOnce() {
        pending.add(5);
        pending.add(5);

        assertThat(pending.count()).isEqualTo(1);
        assertThat(pending.firstAfter(0, 10)).containsExactly(5L);
    }

    @Test
    void whatDoesNotWaitCanBeRemoved() {
        pending.add(5);
        pending.remove(4);
        pending.remove(6);

        assertThat(pending.firstAfter(0, 10)).containsExactly(5L);
    }

    @Test
    void theLowestComeFirst() {
        List.of(9L, 1L, 2L, 7L).forEach(pending::add);

        assertThat(pending.firstAfter(0, 3)).containsExactly(1L, 2L, 7L);
    }

    @Test
    void thoseBehindANumberAreGiven() {
        List.of(1L, 2L, 3L, 5L, 9L, 10L).forEach(pending::add);

        assertThat(pending.firstAfter(2, 3)).containsExactly(3L, 5L, 9L);
        assertThat(pending.firstAfter(4, 9)).containsExactly(5L, 9L, 10L);
        assertThat(pending.firstAfter(10, 9)).isEmpty();
    }

    @Test
    void itsTextIsReadAgain() {
        List.of(1L, 2L, 3L, 5L, 9L, 10L).forEach(pending::add);

        assertThat(pending.toText()).isEqualTo("1-3,5,9-10");
        assertThat(PendingNumbers.of("1-3,5,9-10").orElseThrow().firstAfter(0, 10)).containsExactly(1L, 2L, 3L, 5L, 9L,
                10L);
        assertThat(PendingNumbers.of("").orElseThrow().isEmpty()).isTrue();
    }

    @Test
    void aTextOfManyRangesIsRead() {
        String text = LongStream.range(0, 100_000)
            .mapToObj(i -> (100_000_000 + 4 * i) + "-" + (100_000_001 + 4 * i))
            .collect(Collectors.joining(","));

        assertThat(PendingNumbers.of(text).orElseThrow().count()).isEqualTo(200_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "0", "-1", "1-", "5-4", "1,", ",1", "1,,2", "1-2-3", " 1", "1\n", "1 ", "1234567890",
        ",", "-", "01", "1-02", "1-0", "+1"})
    void rubbishIsNotRead(String text) {
        assertThat(PendingNumbers.of(text)).isEmpty();
    }

    @Test
    void manyOldRangesAreWrittenAsOneAndThoseThatMayBeInFlightAsTheyAre() {
        LongStream.rangeClosed(1, 5_000).map(number -> 3 * number).forEach(pending::add);

        PendingNumbers read = PendingNumbers.of(pending.toText()).orElseThrow();
        assertThat(pending.toText()).startsWith("3-13998,14001,14004,").hasSizeLessThan(3_000);
        assertThat(read.firstAfter(0, 20_000)).containsAll(pending.firstAfter(0, 5_000));
        assertThat(read.firstAfter(14_000, 1_000)).containsExactlyElementsOf(pending.firstAfter(14_000, 1_000));
    }

    @Test
    void rangesThatMeetBecomeOne() {
        pending.addAll(PendingNumbers.of("1-3,7-9,20").orElseThrow());
        pending.addAll(PendingNumbers.of("2-8,10,19-21,30").orElseThrow());

        assertThat(pending.toText()).isEqualTo("1-10,19-21,30");
        assertThat(pending.count()).isEqualTo(14);
    }

    @Test
    void itBehavesLikeASet() {
        TreeSet<Long> expected = new TreeSet<>();
        for (int step = 0; step < 20_000; step++) {
            long number = ThreadLocalRandom.current().nextLong(1, 60);
            if (ThreadLocalRandom.current().nextBoolean()) {
                pending.add(number);
                expected.add(number);
            } else {
                pending.remove(number);
                expected.remove(number);
            }
            assertThat(pending.firstAfter(0, 100)).containsExactlyElementsOf(expected);
            assertThat(pending.firstAfter(number, 100)).containsExactlyElementsOf(expected.tailSet(number, false));
            assertThat(pending.count()).isEqualTo(expected.size());
        }
    }
}
