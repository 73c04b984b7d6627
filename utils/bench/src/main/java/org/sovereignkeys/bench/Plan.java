/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which all is measured. In each setting first every target is warmed up by the most clients on each number of
 * VPCs, so that none is measured colder than another; then come the rounds, and every second one goes backwards.
 *
 * @param warmUp of each target on each number of VPCs, once a setting
 * @param leadIn before each measurement: until the clients are connected and out of step
 * @param time of each measurement in each round
 */
record Plan(List<Setting> settings, List<Integer> vpcs, List<Integer> clients, List<Connections> connections,
        int rounds, Duration warmUp, Duration leadIn, Duration time) {

    /** What is told of each measurement. */
    @FunctionalInterface
    interface Listener {
        void measured(Load load, Target target, Measurement measurement);
    }

    /** Enters a setting. */
    @FunctionalInterface
    interface Entrance {
        void enter(Setting setting) throws IOException;
    }

    /** Measures everything; of each load and target, the measurements of all rounds in their order. */
    Map<Load, Map<Target, List<Measurement>>> run(List<? extends Target> targets, Entrance entrance, Listener listener)
            throws IOException {
        Map<Load, Map<Target, List<Measurement>>> results = new LinkedHashMap<>();
        for (Setting setting : settings) {
            entrance.enter(setting);
            for (Step step : steps(loads(setting, List.of(Collections.max(clients))), targets)) {
                measure(step, warmUp, Duration.ZERO);
            }
            List<Step> steps = steps(loads(setting, clients), targets);
            for (int round = 0; round < rounds; round++) {
                for (Step step : round % 2 == 0 ? steps : steps.reversed()) {
                    Measurement measurement = measure(step, leadIn, time);
                    listener.measured(step.load, step.target, measurement);
                    results.computeIfAbsent(step.load, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(step.target, _ -> new ArrayList<>())
                        .add(measurement);
                }
            }
        }
        return results;
    }

    /** How long it takes at least. */
    Duration length(int targets) {
        Duration ofEachLoad = warmUp.plus(leadIn.plus(time).multipliedBy(rounds).multipliedBy(clients.size()));
        return ofEachLoad.multipliedBy((long) targets * vpcs.size() * connections.size() * settings.size());
    }

    private List<Load> loads(Setting setting, List<Integer> clientCounts) {
        List<Load> loads = new ArrayList<>();
        for (Connections connection : connections) {
            for (int clientCount : clientCounts) {
                for (int vpcCount : vpcs) {
                    loads.add(new Load(setting, vpcCount, clientCount, connection));
                }
            }
        }
        return loads;
    }

    private static List<Step> steps(List<Load> loads, List<? extends Target> targets) {
        List<Step> steps = new ArrayList<>();
        loads.forEach(load -> targets.forEach(target -> steps.add(new Step(load, target))));
        return steps;
    }

    private static Measurement measure(Step step, Duration before, Duration time) throws IOException {
        List<Client> clients = new ArrayList<>();
        try {
            for (int number = 0; number < step.load.clients(); number++) {
                clients.add(step.target.client(number, 1 + number % step.load.vpcs(), step.load.connections()));
            }
            return new ClosedLoop().run(clients, before, time);
        } finally {
            clients.forEach(Client::close);
        }
    }

    private record Step(Load load, Target target) {}
}
