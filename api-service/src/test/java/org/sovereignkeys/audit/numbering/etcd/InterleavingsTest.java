/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.numbering.etcd.Interleavings.Found;
import org.sovereignkeys.audit.numbering.etcd.Interleavings.Seen;
import org.sovereignkeys.audit.numbering.etcd.World.Faults;
import org.sovereignkeys.audit.numbering.etcd.World.Mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every order in which a few nodes, calls and faults can come; and that a numbering done wrong would be found out. */
class InterleavingsTest {
    private static final Logger LOG = LoggerFactory.getLogger(InterleavingsTest.class);
    private static final List<Scenario> QUICK = List.of(new Scenario(new Faults(0, 0, 0, 0, 0), 2, 2),
            new Scenario(new Faults(2, 0, 0, 0, 0), 1, 1), new Scenario(new Faults(1, 1, 0, 0, 0), 1, 1),
            new Scenario(new Faults(0, 0, 1, 0, 0), 1, 1), new Scenario(new Faults(0, 1, 0, 0, 1), 1, 1),
            new Scenario(new Faults(1, 0, 0, 0, 1), 1, 1), new Scenario(new Faults(1, 0, 1, 0, 0), 1, 0),
            new Scenario(new Faults(0, 1, 1, 0, 0), 1, 0), new Scenario(new Faults(0, 0, 1, 0, 1), 1, 0),
            new Scenario(new Faults(0, 1, 0, 1, 0), 1, 0), new Scenario(new Faults(1, 0, 0, 1, 0), 1, 0),
            new Scenario(new Faults(0, 0, 0, 1, 1), 1, 0), new Scenario(new Faults(0, 1, 0, 0, 0), 1, 1, 1));
    private static final List<Scenario> DEEP = List.of(new Scenario(new Faults(0, 0, 0, 1, 0), 1, 1),
            new Scenario(new Faults(0, 1, 0, 1, 0), 1, 1), new Scenario(new Faults(1, 1, 0, 1, 0), 1, 0),
            new Scenario(new Faults(0, 0, 0, 2, 0), 1, 0));

    /** What may go wrong, and how many calls come to each node. */
    record Scenario(Faults faults, List<Integer> calls) {
        Scenario(Faults faults, Integer... calls) {
            this(faults, List.of(calls));
        }

        World start() {
            return new World(Mutant.NONE, faults, calls.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    static List<Scenario> scenarios() {
        return "deep".equals(System.getProperty("sk.interleavings")) ? DEEP : QUICK;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void nothingBreaksTheInvariants(Scenario scenario) {
        Seen seen = Interleavings.of(scenario.start());

        LOG.info("{}: {}", scenario, seen);
        assertThat(seen.quiet()).isPositive();
        assertThat(seen.mostAnswers()).isEqualTo(scenario.calls.stream().mapToInt(Integer::intValue).sum());
    }

    /** Too large to be searched whole. */
    @Test
    void nothingBreaksThemOnRandomWaysThroughLargerWorlds() {
        Faults faults = new Faults(3, 1, 2, 1, 1);
        for (long seed = 0; seed < Integer.getInteger("sk.walks", 1_500); seed++) {
            Interleavings.walk(new World(Mutant.NONE, faults, 2, 2, 1), seed);
        }
    }

    @Test
    void aLogWithAHoleIsGoneOnWith() {
        assertThat(Interleavings.of(new World(Mutant.NONE, new Faults(0, 1, 0, 0, 0), 1, 1).withStored(1, 3))
            .mostAnswers()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"NO_RECORD, 0, 0, 0, I1", "UNCONDITIONAL_PUT, 0, 0, 1, I3", "ANSWER_BEFORE_PUT, 0, 0, 0, I2",
        "FROM_ONE_WITHOUT_COUNTER, 0, 0, 1, I4", "NO_LIVENESS, 0, 1, 0, I5", "SECOND_TRY, 1, 0, 0, a call has two",
        "NO_CATCH_UP, 1, 0, 1, I1"})
    void aNumberingDoneWrongIsFoundOut(Mutant mutant, int lostAnswers, int pauses, int wipes, String violation) {
        World world = new World(mutant, new Faults(lostAnswers, 0, pauses, wipes, 0), 1, 1);

        assertThatExceptionOfType(Found.class).isThrownBy(() -> Interleavings.of(world))
            .withMessageStartingWith(violation);
    }
}
