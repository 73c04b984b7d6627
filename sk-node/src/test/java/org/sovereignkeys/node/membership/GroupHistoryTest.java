/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.membership.Instance.Phase;
import org.sovereignkeys.node.membership.Observation.Steadiness;

import static org.assertj.core.api.Assertions.assertThat;

class GroupHistoryTest {
    private static final String SELF = "i-a";
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private long now = Long.MAX_VALUE - 5; // it may begin anywhere, and go on past that
    private final GroupHistory history = new GroupHistory(SELF, () -> now, SETTLING, PATIENCE);

    @Test
    void aGroupIsSettledWhenItHasNotChangedForSomeTime() {
        assertThat(history.steadiness()).isEqualTo(Steadiness.CHANGING);
        pass(PATIENCE);
        assertThat(history.steadiness()).as("nothing was seen").isEqualTo(Steadiness.CHANGING);
        saw(Phase.ACTIVE, "i-b");
        pass(SETTLING.minusNanos(1));
        saw(Phase.ACTIVE, "i-b");
        assertThat(history.steadiness()).isEqualTo(Steadiness.CHANGING);
        pass(Duration.ofNanos(1));
        assertThat(history.steadiness()).isEqualTo(Steadiness.SETTLED);
        pass(PATIENCE.minus(SETTLING));
        assertThat(history.steadiness()).isEqualTo(Steadiness.LASTING);
    }

    @Test
    void anEmptyGroupSettlesToo() {
        history.saw(new Group(3, List.of()));
        pass(SETTLING);
        assertThat(history.steadiness()).isEqualTo(Steadiness.SETTLED);
    }

    @Test
    void anInstanceThatComesOrGoesIsAChange() {
        saw(Phase.ACTIVE, "i-b");
        pass(PATIENCE);
        saw(Phase.ACTIVE, "i-c");
        assertThat(history.steadiness()).isEqualTo(Steadiness.CHANGING);
        pass(SETTLING);
        assertThat(history.steadiness()).isEqualTo(Steadiness.SETTLED);
    }

    @Test
    void whoIsEndedIsDrainedAfterSomeTime() {
        pass(GroupHistory.DRAIN);
        assertThat(history.isDrained()).isFalse();
        saw(Phase.ACTIVE);
        pass(GroupHistory.DRAIN);
        saw(Phase.TERMINATING);
        assertThat(history.isDrained()).isFalse();
        pass(GroupHistory.DRAIN.minusNanos(1));
        saw(Phase.TERMINATING);
        assertThat(history.isDrained()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(history.isDrained()).isTrue();
        saw(Phase.ACTIVE);
        assertThat(history.isDrained()).isFalse();
    }

    private void saw(Phase own, String... others) {
        List<Instance> instances = new ArrayList<>(List.of(new Instance(SELF, "10.0.0.1", own)));
        List.of(others).forEach(id -> instances.add(new Instance(id, "10.0.0.2", Phase.ACTIVE)));
        history.saw(new Group(3, instances));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
