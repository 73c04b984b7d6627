/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.membership.Instance.Phase;

import static org.assertj.core.api.Assertions.assertThat;

/** What of the group's lifecycle counts for membership; the calls themselves are in MembershipIT. */
class AutoScalingNodesTest {
    @Test
    void instancesThatStartOrWorkAreActive() {
        assertThat(List.of("Pending", "Pending:Wait", "Pending:Proceed", "InService"))
            .allMatch(lifecycle -> AutoScalingNodes.phase(lifecycle) == Phase.ACTIVE);
    }

    @Test
    void instancesThatTheGroupEndsAreTerminatingOnceTheLoadBalancerHasLetGoOfThem() {
        assertThat(List.of("Terminating:Wait", "Terminating:Proceed", "Terminated"))
            .allMatch(lifecycle -> AutoScalingNodes.phase(lifecycle) == Phase.TERMINATING);
    }

    @Test
    void allOthersAreAsideAlsoThoseOfTheFuture() {
        assertThat(List.of("Terminating", "Standby", "EnteringStandby", "Detaching", "Detached", "Quarantined",
                "Warmed:Stopped",
                "Something"))
            .allMatch(lifecycle -> AutoScalingNodes.phase(lifecycle) == Phase.ASIDE);
    }
}
