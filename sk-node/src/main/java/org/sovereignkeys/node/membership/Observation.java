/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * All that a node decides by.
 *
 * @param self this instance
 * @param address its private address
 * @param own where it stands
 * @param group null when AWS does not tell
 * @param answers of the other instances, and of members outside the group; who is not here is silent
 * @param members of the cluster that answers; null when no voter of it tells
 * @param terminated members outside the group that EC2 does not know any more, or has terminated
 * @param vacant addresses of members that were never started, which no instance has any more
 * @param promise what this node had promised another before it asked for the answers
 * @param steadiness of the group's instances
 * @param leaving whether it is to leave the cluster now: its group ends it, and its clients have gone elsewhere; or a command
 *        wants it
 */
public record Observation(String self, String address, Own own, @Nullable Group group, Map<String, Answer> answers,
        @Nullable Members members, Set<String> terminated, Set<String> vacant, @Nullable Promise promise,
        Steadiness steadiness, boolean leaving) {
    /** For how long the group has had the same instances. What AWS tells may be some seconds old. */
    public enum Steadiness {
        /** It has just changed. */
        CHANGING,
        /** Longer than AWS takes to tell of a change. */
        SETTLED,
        /** Longer than the group takes to start an instance that it lacks, if it can. */
        LASTING
    }

    private static final Answer SILENT = new Answer.Silent();

    public Observation {
        answers = Map.copyOf(answers);
        terminated = Set.copyOf(terminated);
        vacant = Set.copyOf(vacant);
    }

    Answer answerOf(String instance) {
        return answers.getOrDefault(instance, SILENT);
    }
}
