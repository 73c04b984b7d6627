/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code utils/bench/run}. */
final class RunScript {
    private RunScript() {}

    private static Path file() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path script = folder.resolve("utils/bench/run");
            if (Files.isExecutable(script)) {
                return script;
            }
        }
        throw new IllegalStateException("utils/bench/run was not found above " + Path.of("").toAbsolutePath());
    }

    /** Runs it to its end. */
    static Result run(String... options) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bench", ".out");
        Path errors = Files.createTempFile("bench", ".err");
        try {
            List<String> line = new ArrayList<>(List.of(file().toString()));
            line.addAll(List.of(options));
            Process process = new ProcessBuilder(line).redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroy();
                process.waitFor(30, TimeUnit.SECONDS);
                throw new IOException("it did not end: " + Files.readString(errors));
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8),
                    Files.readString(errors, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    /** What came of it. */
    record Result(int exitCode, String output, String errors) {}
}
