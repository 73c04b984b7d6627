/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The rules in a world where anything breaks at any step. The seed that failed is in the message. */
class SimulatedWorldTest {
    private static final int SEEDS = Integer.getInteger("sk.worlds", 1_000);

    @Test
    void thereIsNeverASecondClusterAndNoMajorityIsLostByRemoving() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedWorld world = new SimulatedWorld(seed);
            try {
                world.live(600);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void allServeOnceNothingBreaksAnyMore() {
        int served = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedWorld world = new SimulatedWorld(seed);
            world.live(200);
            world.calmDown(600);
            assertThat(world.allServe() || world.isLostForGood()).as("seed " + seed + "\n" + world.story()).isTrue();
            served += world.allServe() ? 1 : 0;
        }
        assertThat(served).isGreaterThan(SEEDS / 2);
    }
}
