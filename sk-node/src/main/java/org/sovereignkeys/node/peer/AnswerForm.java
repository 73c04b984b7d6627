/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.peer;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.Promise;

/** An answer as JSON has it. */
record AnswerForm(boolean hasData, String incarnation, long attempt, boolean founding, @Nullable Promise promise,
        long cluster, long member, boolean serves, boolean learner) {
    static AnswerForm of(Answer answer) {
        return switch (answer) {
            case Answer.Silent _ -> throw new IllegalArgumentException("Who answers is not silent");
            case Answer.Empty empty -> new AnswerForm(false, empty.incarnation(), empty.attempt(), empty.founding(),
                    empty.promise(), 0, 0, false, false);
            case Answer.Member member -> new AnswerForm(true, "", 0, false, null, member.cluster(), member.member(),
                    member.serves(), member.learner());
        };
    }

    Answer toAnswer() {
        return hasData
                ? new Answer.Member(cluster, member, serves, learner)
                : new Answer.Empty(incarnation, attempt, founding, promise);
    }
}
