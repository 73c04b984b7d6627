/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTest {
    private static final Load LOAD = new Load(Setting.NETWORK, 8, 32, Connections.KEPT);
    private static final Target TOKEN = new Token(_ -> () -> {});
    private static final Target S3 = target("s3");

    private static Target target(String name) {
        return new Target() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Client client(int number, int vpc, Connections connections) {
                return () -> {};
            }
        };
    }

    /** Calls within a second, all as long. */
    private static Measurement calls(int count, int millis, Map<String, Long> failures) {
        Histogram micros = Measurement.emptyHistogram();
        IntStream.range(0, count).forEach(_ -> Measurement.record(micros, millis * 1_000_000L));
        return new Measurement(Duration.ofSeconds(1), micros, failures);
    }

    private static Report report(Map<String, Long> failures) {
        Map<Target, List<Measurement>> measured = new LinkedHashMap<>();
        measured.put(TOKEN, List.of(calls(100, 8, Map.of()), calls(300, 8, Map.of())));
        measured.put(S3, List.of(calls(60, 40, Map.of()), calls(90, 40, failures)));
        return new Report(Map.of("cores", 2), Map.of(LOAD, measured));
    }

    @Test
    void theJsonSaysAllOfAllRounds() {
        JsonNode json = JsonMapper.builder().build().readTree(report(Map.of()).json());

        assertThat(json.required("cores").intValue()).isEqualTo(2);
        JsonNode s3 = json.required("results").get(1);
        assertThat(s3.required("setting").stringValue()).isEqualTo("network");
        assertThat(s3.required("storage").stringValue()).isEqualTo("s3");
        assertThat(s3.required("vpcs").intValue()).isEqualTo(8);
        assertThat(s3.required("clients").intValue()).isEqualTo(32);
        assertThat(s3.required("connections").stringValue()).isEqualTo("kept");
        assertThat(s3.required("seconds").doubleValue()).isEqualTo(2);
        assertThat(s3.required("calls").intValue()).isEqualTo(150);
        assertThat(s3.required("callsPerSecond").doubleValue()).isEqualTo(75);
        assertThat(s3.required("callsPerSecondByRound")).hasToString("[60.0,90.0]");
        assertThat(s3.required("ofTokenAlone").doubleValue()).isEqualTo(0.375);
        assertThat(s3.required("milliseconds").required("p99").doubleValue()).isBetween(39.9, 40.1);
        assertThat(json.required("results").get(0).required("ofTokenAlone").isNull()).isTrue();
    }

    @Test
    void theTableComparesWithTheTokenAlone() {
        assertThat(report(Map.of()).table().lines()).hasSize(3)
            .anyMatch(line -> line.matches("network +8 +32 +kept +token alone +200\\.00 +8\\.0\\d .*"))
            .anyMatch(line -> line.matches("network +8 +32 +kept +s3 +75\\.00 +0\\.38 +40\\.0\\d +32\\.0\\d .*"));
    }

    @Test
    void failuresAreShownAndMakeItNoWholeReport() {
        assertThat(report(Map.of()).isWhole()).isTrue();

        Report failed = report(Map.of("503", 7L));

        assertThat(failed.isWhole()).isFalse();
        assertThat(failed.table()).contains("7 × 503");
        assertThat(failed.json()).contains("\"503\" : 7");
    }

    @Test
    void whatAnsweredNothingMakesItNoWholeReport() {
        assertThat(new Report(Map.of(), Map.of(LOAD, Map.of(S3, List.of(Measurement.none())))).isWhole()).isFalse();
        assertThat(new Report(Map.of(), Map.of()).isWhole()).isFalse();
    }
}
