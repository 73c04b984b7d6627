/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code utils/bench/run} starts, when all that is measured runs. */
public final class BenchApplication {
    private BenchApplication() {}

    /** Measures by the options given, and writes table and JSON; exit code 1 if any call failed. */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.of(List.of(arguments));
        List<Target> targets = new ArrayList<>();
        targets.add(Token.of(options.tokenAlone()));
        String rsaKey = Files.readString(options.rsaKey()).strip();
        options.services().forEach((name, origin) -> targets.add(new Service(name, origin, rsaKey)));

        Duration length = options.plan().length(targets.size());
        System.err.printf("  It takes some %d minutes and %d seconds.%n", length.toMinutes(), length.toSecondsPart());
        Map<Load, Map<Target, List<Measurement>>> results = options.plan()
            .run(targets, setting -> setting.enter(options.control()), BenchApplication::tell);
        Report report = new Report(about(options), results);
        Files.writeString(options.json(), report.json() + "\n");
        Files.writeString(options.table(), report.table());
        // The token's native threads would go on.
        Runtime.getRuntime().exit(report.isWhole() ? 0 : 1);
    }

    private static void tell(Load load, Target target, Measurement measurement) {
        System.err.printf(Locale.ROOT, "  %s, %d VPCs, %d clients, connections %s, %s: %.1f calls/s, p50 %.2f ms%n",
                load.setting(), load.vpcs(), load.clients(), load.connections(), target.name(),
                measurement.callsPerSecond(), measurement.millisAtPercentile(50));
    }

    private static Map<String, Object> about(Options options) {
        Plan plan = options.plan();
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("cores", Runtime.getRuntime().availableProcessors());
        about.put("processor", processor());
        about.put("java", Runtime.version().toString());
        about.put("rounds", plan.rounds());
        about.put("secondsAMeasurement", plan.time().toMillis() / 1000.0);
        about.put("warmUpSeconds", plan.warmUp().toMillis() / 1000.0);
        about.putAll(options.notes());
        return about;
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo"))
                .stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseGet(() -> System.getProperty("os.arch", ""));
        } catch (IOException e) {
            return System.getProperty("os.arch", "");
        }
    }
}
