/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.membership.Action;
import org.sovereignkeys.node.membership.Decision;
import org.sovereignkeys.node.membership.Group;
import org.sovereignkeys.node.membership.Observation;
import org.sovereignkeys.node.membership.Own;

import static org.assertj.core.api.Assertions.assertThat;

/** How often it looks; what it does is in MembershipIT. */
class KeeperTest {
    private static final Group GROUP = new Group(3, List.of());
    private static final Own SERVES = new Own.Member(7, 1, true, 1, false);
    private static final Own WITHOUT_LEADER = new Own.Member(7, 1, true, 0, false);

    @Test
    void awsThatDoesNotTellIsNotAskedMoreOftenByANodeThatServes() {
        assertThat(isCalm(SERVES, null)).isTrue();
        assertThat(isCalm(WITHOUT_LEADER, null)).isFalse();
        assertThat(isCalm(new Own.Empty(), null)).isFalse();
        assertThat(isCalm(SERVES, GROUP)).as("no member tells the members").isFalse();
        assertThat(Keeper.isCalm(seen(SERVES, GROUP), new Action.Serve())).isTrue();
    }

    private static boolean isCalm(Own own, @Nullable Group group) {
        Observation seen = seen(own, group);
        return Keeper.isCalm(seen, Decision.next(seen));
    }

    private static Observation seen(Own own, @Nullable Group group) {
        return new Observation("i-a", "10.0.0.1", own, group, Map.of(), null, Set.of(), Set.of(), null,
                Observation.Steadiness.SETTLED, false);
    }
}
