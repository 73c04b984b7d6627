/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PledgeTest {
    private static final Set<String> GROUP = Set.of("i-a", "i-b", "i-c");
    private static final Promise OF_A = new Promise("i-a", "first", 2);

    private final Memory memory = new Memory();
    private long now = Long.MAX_VALUE - 5; // it may begin anywhere, and go on past that
    private Pledge pledge = pledge();

    private static final class Memory implements Pledge.Memory {
        private @Nullable Promise stored;

        @Override
        public @Nullable Promise load() {
            return stored;
        }

        @Override
        public void store(@Nullable Promise promise) {
            stored = promise;
        }
    }

    private Pledge pledge() {
        return new Pledge("i-b", "of b", memory, () -> now);
    }

    @BeforeEach
    void look() {
        pledge.saw(GROUP, true);
    }

    @Test
    void oneFounderAtATimeIsPromised() {
        assertThat(grant(OF_A)).isTrue();
        assertThat(grant(new Promise("i-c", "second", 1))).isFalse();
        pledge.forget(OF_A);
        assertThat(grant(new Promise("i-c", "second", 1))).isTrue();
    }

    @Test
    void theSameFounderIsPromisedAgainForALaterAttemptOnly() {
        assertThat(grant(OF_A)).isTrue();
        assertThat(grant(new Promise("i-a", "first", 3))).isTrue();
        assertThat(grant(OF_A)).as("late").isFalse();
        assertThat(grant(new Promise("i-a", "another", 9))).as("before its first is void").isFalse();
        assertThat(grant(new Promise("i-c", "first", 9))).as("another founder").isFalse();
        assertThat(pledge.given()).isEqualTo(new Promise("i-a", "first", 3));
    }

    @Test
    void whoPromisedDoesNotFoundAndWhoFoundsDoesNotPromise() {
        FoundingRequest request = Objects.requireNonNull(pledge.begin());
        assertThat(request).isEqualTo(new FoundingRequest(new Promise("i-b", "of b", 1), GROUP));
        assertThat(pledge.answer()).isEqualTo(new Answer.Empty("of b", 1, true, null));
        assertThat(grant(OF_A)).isFalse();
        pledge.end();
        assertThat(pledge.answer()).isEqualTo(new Answer.Empty("of b", 1, false, null));
        assertThat(grant(OF_A)).isTrue();
        assertThat(pledge.begin()).isNull();
    }

    @Test
    void nobodyIsPromisedWhoSeesAnotherGroupThanThisNode() {
        assertThat(pledge.grant(new FoundingRequest(OF_A, Set.of("i-a", "i-b")))).isFalse();
        assertThat(pledge.grant(new FoundingRequest(OF_A, Set.of("i-a", "i-b", "i-c", "i-d")))).isFalse();
    }

    @Test
    void whoKnowsOfAClusterOrHasNotLookedPromisesNothing() {
        pledge.saw(GROUP, false);
        assertThat(grant(OF_A)).isFalse();
        pledge.saw(GROUP, true);
        now += Duration.ofSeconds(30).toNanos();
        assertThat(grant(OF_A)).isFalse();
        pledge = pledge();
        assertThat(grant(OF_A)).isFalse();
    }

    @Test
    void aPromiseOutlivesTheProcess() {
        assertThat(grant(OF_A)).isTrue();
        pledge = pledge();
        look();
        assertThat(pledge.given()).isEqualTo(OF_A);
        assertThat(grant(new Promise("i-c", "second", 1))).isFalse();
    }

    @Test
    void onlyThePromiseThatWasJudgedIsForgotten() {
        assertThat(grant(OF_A)).isTrue();
        pledge.forget(new Promise("i-a", "first", 1));
        assertThat(pledge.given()).isEqualTo(OF_A);
        pledge.forget(OF_A);
        assertThat(pledge.given()).isNull();
        assertThat(memory.stored).isNull();
    }

    private boolean grant(Promise promise) {
        return pledge.grant(new FoundingRequest(promise, GROUP));
    }
}
