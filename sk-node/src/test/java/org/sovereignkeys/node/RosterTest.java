/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.membership.Members.Entry;

import static org.assertj.core.api.Assertions.assertThat;

/** That it is asked at each look, and what the log has then, is in MembershipIT. */
class RosterTest {
    private static final Entry A = new Entry(0xa, "i-a", "10.0.0.1", false);
    private static final Entry B = new Entry(0xb, "i-b", "10.0.0.2", false);
    private static final Entry ADDED = new Entry(0xc, "", "10.0.0.3", true);
    private static final Entry STARTED = new Entry(0xc, "i-c", "10.0.0.3", true);
    private static final Entry VOTES = new Entry(0xc, "i-c", "10.0.0.3", false);

    @Test
    void whoBecomesAMemberIsToldByNameAndAddress() {
        assertThat(changes(List.of(A, B), List.of(A, VOTES, B)))
            .containsExactly("the cluster has a new member: c (i-c at 10.0.0.3)");
    }

    @Test
    void whoIsNoneAnyMoreIsToldToo() {
        assertThat(changes(List.of(A, B, ADDED), List.of(A))).containsExactlyInAnyOrder(
                "the cluster has a member no more: b (i-b at 10.0.0.2)",
                "the cluster has a member no more: c (not started, at 10.0.0.3, without vote)");
    }

    @Test
    void eachStepOfOneThatJoinsIsTold() {
        assertThat(changes(List.of(A), List.of(A, ADDED)))
            .containsExactly("the cluster has a new member: c (not started, at 10.0.0.3, without vote)");
        assertThat(changes(List.of(A, ADDED), List.of(A, STARTED))).containsExactly(
                "a member of the cluster has changed: c (not started, at 10.0.0.3, without vote) is now c (i-c at 10.0.0.3, without vote)");
        assertThat(changes(List.of(A, STARTED), List.of(A, VOTES))).containsExactly(
                "a member of the cluster has changed: c (i-c at 10.0.0.3, without vote) is now c (i-c at 10.0.0.3)");
    }

    @Test
    void nothingIsToldOfTheSameInAnotherOrder() {
        assertThat(changes(List.of(A, B), List.of(B, A))).isEmpty();
    }

    private static List<String> changes(List<Entry> before, List<Entry> now) {
        return Roster.changes(new Members(7, before), new Members(7, now));
    }
}
