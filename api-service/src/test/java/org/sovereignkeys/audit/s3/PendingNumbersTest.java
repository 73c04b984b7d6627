/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.Test;

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
