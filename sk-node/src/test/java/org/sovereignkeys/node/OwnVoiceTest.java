/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.FoundingRequest;
import org.sovereignkeys.node.membership.Own;
import org.sovereignkeys.node.membership.Pledge;
import org.sovereignkeys.node.membership.Promise;

import static org.assertj.core.api.Assertions.assertThat;

/** What a node says while it founds a cluster in another thread. */
class OwnVoiceTest {
    private static final Set<String> GROUP = Set.of("i-a", "i-b");
    private static final Own MEMBER = new Own.Member(7, 1, true, 1, false);

    private final Pledge pledge = new Pledge("i-a", "first", new Forgetful(), () -> 0);
    private Own own = new Own.Empty();
    private final OwnVoice voice = new OwnVoice(this::lookWhileTheFoundingEnds, pledge);
    private boolean endsMeanwhile;

    private static final class Forgetful implements Pledge.Memory {
        @Override
        public @Nullable Promise load() {
            return null;
        }

        @Override
        public void store(@Nullable Promise promise) {
            // nobody asks for it
        }
    }

    /** What was there when it began to look. */
    private Own lookWhileTheFoundingEnds() {
        Own before = own;
        if (endsMeanwhile) {
            own = MEMBER;
            pledge.end();
        }
        return before;
    }

    @Test
    void whoHasDataSaysSo() {
        assertThat(voice.answer()).isEqualTo(new Answer.Empty("first", 0, false, null));
        own = MEMBER;
        assertThat(voice.answer()).isEqualTo(new Answer.Member(7, 1, true, false));
    }

    @Test
    void anAttemptThatEndsWithDataIsNeverSaidToHaveEndedWithout() {
        Objects.requireNonNull(pledge.begin());
        endsMeanwhile = true;
        assertThat(voice.answer()).isEqualTo(new Answer.Empty("first", 1, true, null));
        assertThat(voice.answer()).isInstanceOf(Answer.Member.class);
    }

    @Test
    void nobodyIsPromisedOnceThereAreData() {
        pledge.saw(GROUP, true);
        Objects.requireNonNull(pledge.begin());
        FoundingRequest request = new FoundingRequest(new Promise("i-b", "second", 1), GROUP);
        endsMeanwhile = true;
        assertThat(voice.promise(request)).isFalse();
        assertThat(voice.promise(request)).isFalse();
    }
}
