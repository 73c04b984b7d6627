/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What came of it, for people and for programs. */
final class Report {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, Object> about;
    private final List<Line> lines = new ArrayList<>();

    /** @param about what was measured on, and how */
    Report(Map<String, ?> about, Map<Load, ? extends Map<? extends Target, List<Measurement>>> results) {
        this.about = new LinkedHashMap<>(about);
        results.forEach((load, targets) -> addLines(load, targets));
    }

    private void addLines(Load load, Map<? extends Target, List<Measurement>> targets) {
        Measurement limit = targets.entrySet()
            .stream()
            .filter(entry -> entry.getKey().name().equals(Token.NAME))
            .map(entry -> whole(entry.getValue()))
            .findAny()
            .orElse(null);
        targets.forEach((target, rounds) -> lines.add(new Line(load, target.name(), rounds, whole(rounds),
                target.name().equals(Token.NAME) ? null : limit)));
    }

    private static Measurement whole(List<Measurement> rounds) {
        return rounds.stream().reduce(Measurement.none(), Measurement::then);
    }

    /** Whether every call succeeded, and there were some of each kind. */
    boolean isWhole() {
        return !lines.isEmpty() && lines.stream().allMatch(line -> line.whole.calls() > 0 && line.whole.failed() == 0);
    }

    String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("HSM", "VPCs", "clients", "connections", "storage", "calls/s", "of token", "p50 ms",
                "- token's",
                "p90 ms", "p99 ms", "max ms", "failed"));
        lines.forEach(line -> rows.add(line.cells()));
        return Table.of(rows);
    }

    private static String failures(Measurement whole) {
        return whole.failures()
            .entrySet()
            .stream()
            .map(entry -> entry.getValue() + " × " + entry.getKey())
            .collect(Collectors.joining(", "));
    }

    String json() {
        Map<String, Object> all = new LinkedHashMap<>(about);
        all.put("results", lines.stream().map(Line::members).toList());
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all);
    }

    /** One load on one target; the limit is the token alone under the same load. */
    private record Line(Load load, String target, List<Measurement> rounds, Measurement whole,
            @Nullable Measurement limit) {
        @Nullable
        Double share() {
            return limit == null || limit.calls() == 0 ? null : whole.callsPerSecond() / limit.callsPerSecond();
        }

        @Nullable
        Double overToken() {
            return limit == null || whole.calls() == 0
                    ? null
                    : whole.millisAtPercentile(50) - limit.millisAtPercentile(50);
        }

        List<String> cells() {
            return List.of(load.setting().toString(), Integer.toString(load.vpcs()), Integer.toString(load.clients()),
                    load.connections().toString(), target, twoDigits(whole.callsPerSecond()),
                    twoDigits(share()), twoDigits(whole.millisAtPercentile(50)), twoDigits(overToken()),
                    twoDigits(whole.millisAtPercentile(90)), twoDigits(whole.millisAtPercentile(99)),
                    twoDigits(whole.millisAtPercentile(100)), failures(whole));
        }

        private static String twoDigits(@Nullable Double number) {
            return number == null ? "" : String.format(Locale.ROOT, "%.2f", number);
        }

        Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("setting", load.setting().toString());
            members.put("vpcs", load.vpcs());
            members.put("clients", load.clients());
            members.put("connections", load.connections().toString());
            members.put("storage", target);
            members.put("seconds", whole.time().toMillis() / 1000.0);
            members.put("calls", whole.calls());
            members.put("callsPerSecond", rounded(whole.callsPerSecond()));
            members.put("callsPerSecondByRound",
                    rounds.stream().map(round -> rounded(round.callsPerSecond())).toList());
            members.put("ofTokenAlone", share() == null ? null : rounded(share()));
            members.put("milliseconds", milliseconds());
            members.put("failures", whole.failures());
            return members;
        }

        private Map<String, Double> milliseconds() {
            Map<String, Double> percentiles = new LinkedHashMap<>();
            percentiles.put("mean", rounded(whole.micros().getMean() / 1000));
            percentiles.put("p50", whole.millisAtPercentile(50));
            percentiles.put("p90", whole.millisAtPercentile(90));
            percentiles.put("p99", whole.millisAtPercentile(99));
            percentiles.put("p99.9", whole.millisAtPercentile(99.9));
            percentiles.put("max", whole.millisAtPercentile(100));
            return percentiles;
        }

        private static double rounded(double number) {
            return Math.round(number * 1000) / 1000.0;
        }
    }
}
