/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static java.util.stream.Collectors.joining;

/** Schemathesis makes calls of a contract, good ones and bad ones, and holds the answers against it. */
final class Schemathesis {
    private static final Duration GRACE = Duration.ofMinutes(2);
    /**
     * Not checked: whether a call without Authorization is refused, for the authorizer does that before the service. And what
     * has the form that the contract asks for may be refused all the same: most secrets do not open, most keys are none.
     */
    private static final String CHECKS = """
            [checks]
            ignored_auth.enabled = false
            missing_required_header.enabled = false
            positive_data_acceptance.expected-statuses = [200, 400]
            """;

    private final Path folder;
    private final Path contract;

    /**
     * Installs it, unless it is there.
     *
     * @param folder for its settings and its output
     */
    Schemathesis(Path folder, Path contract) {
        this.folder = folder;
        this.contract = contract;
        run(List.of("../utils/python-environment", "tools"), Path.of(""), Duration.ofMinutes(10));
    }

    /**
     * Calls until the time is over or something is wrong.
     *
     * @param goodValues of parameters, by their names ({@code path.x}, {@code body.x}), which it could not guess; it uses them
     *        half of the time
     * @return its report; ends in "No issues found" in so many words, when all is well
     */
    String check(String url, Map<String, String> headers, Map<String, String> goodValues, Duration limit, int seed)
            throws IOException {
        Path settings = folder.resolve("schemathesis.toml");
        Files.writeString(settings, CHECKS + dictionaries(goodValues));
        List<String> command = new ArrayList<>(List.of(
                Path.of("tools/.venv/bin/schemathesis").toAbsolutePath().toString(),
                "--config-file", settings.toString(), "run", contract.toAbsolutePath().normalize().toString(), "--url",
                url, "--max-time", Long.toString(limit.toSeconds()), "--seed", Integer.toString(seed),
                "--generation-database", "none", "--no-color"));
        headers.forEach((name, value) -> command.addAll(List.of("--header", name + ": " + value)));
        return run(command, folder, limit.plus(GRACE));
    }

    private static String dictionaries(Map<String, String> goodValues) {
        return goodValues.entrySet()
            .stream()
            .map(value -> """
                    [dictionaries."%1$s"]
                    values = ["%2$s"]
                    [parameters."%1$s"]
                    dictionary = "%1$s"
                    probability = 0.5
                    """.formatted(value.getKey(), value.getValue()))
            .collect(joining());
    }

    private String run(List<String> command, Path directory, Duration limit) {
        Path output = folder.resolve("schemathesis.log");
        try {
            Process process = new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("takes too long: " + Files.readString(output));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(Files.readString(output));
            }
            return Files.readString(output);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
