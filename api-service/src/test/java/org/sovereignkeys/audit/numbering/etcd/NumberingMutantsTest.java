/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.sovereignkeys.audit.numbering.etcd.StoryOfNodes.Ending;
import org.sovereignkeys.chaos.LogChecker;

import static org.assertj.core.api.Assertions.assertThat;

/** The checker finds nothing wrong after a story of faults; and a numbering done wrong would be found out. */
class NumberingMutantsTest {
    @Test
    void theNumberingAsItIsLeavesAWholeLog() {
        Ending ending = StoryOfNodes.play(NumberingMutant.NONE);

        assertThat(violations(ending)).isEmpty();
        assertThat(ending.takenOver()).isPositive();
        assertThat(ending.filled()).isPositive();
        assertThat(ending.foundTaken()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"NO_RECORD, is missing", "UNCONDITIONAL_PUT, has 2 versions", "ANSWER_BEFORE_PUT, has no entry for",
        "FROM_ONE_WITHOUT_COUNTER, is of a call that began when number"})
    void aNumberingDoneWrongIsFoundOut(NumberingMutant mutant, String violation) {
        assertThat(violations(StoryOfNodes.play(mutant))).anyMatch(sentence -> sentence.contains(violation));
    }

    private static List<String> violations(Ending ending) {
        return LogChecker.check(ending.evidence()).violations();
    }
}
