/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlanTest {
    private static final Duration MOMENT = Duration.ofMillis(5);

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> volumes = ConcurrentHashMap.newKeySet();
    private final List<Target> targets = List.of(target("one"), target("two"));
    private final Plan plan = new Plan(List.of(Setting.NETWORK, Setting.LOCAL), List.of(1, 2), List.of(3),
            List.of(Connections.KEPT), 2, MOMENT, MOMENT, MOMENT);

    private Target target(String name) {
        return new Target() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Client client(int number, int vpc, Connections connections) {
                volumes.add(name + " " + number + " in " + vpc);
                return () -> Thread.sleep(1);
            }
        };
    }

    private Map<Load, Map<Target, List<Measurement>>> run() throws IOException {
        return plan.run(targets, setting -> events.add(setting.toString()),
                (load, target, _) -> events.add(load.vpcs() + " " + target.name()));
    }

    @Test
    void everySecondRoundGoesBackwards() throws IOException {
        run();

        List<String> rounds = List.of("1 one", "1 two", "2 one", "2 two", "2 two", "2 one", "1 two", "1 one");
        assertThat(List.of(events.getFirst(), events.get(9))).containsExactly("network", "local");
        assertThat(events.subList(1, 9)).isEqualTo(rounds);
        assertThat(events.subList(10, 18)).isEqualTo(rounds);
    }

    @Test
    void eachTargetIsMeasuredUnderEachLoadInEachRound() throws IOException {
        Map<Load, Map<Target, List<Measurement>>> results = run();

        assertThat(results).hasSize(4);
        assertThat(results.values()).allSatisfy(measured -> {
            assertThat(measured.keySet()).containsExactlyElementsOf(targets);
            assertThat(measured.values()).allSatisfy(rounds -> assertThat(rounds).hasSize(2));
        });
    }

    @Test
    void clientsAreSpreadOverTheVpcs() throws IOException {
        run();

        assertThat(volumes).contains("one 0 in 1", "one 1 in 1", "one 2 in 1", "one 1 in 2")
            .doesNotContain("one 0 in 2", "one 2 in 2");
    }

    @Test
    void itSaysHowLongItTakes() {
        assertThat(plan.length(2)).isEqualTo(MOMENT.multipliedBy(2 * 2 * 2 * (1 + 2 * 2)));
    }
}
