/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** {@code utils/sandbox/sandbox}, with a home of its own. */
final class SandboxScript {
    private static final Path RAM = Path.of("/dev/shm");
    private static final Path ROOT = root();
    /** What a user may have set, and would break each part that heard of it. */
    private static final Map<String, String> OF_A_USER = Map.ofEntries(
            Map.entry("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"),
            Map.entry("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"),
            Map.entry("AWS_PROFILE", "of-the-user"),
            Map.entry("AWS_SESSION_TOKEN", "of-the-user"),
            Map.entry("AWS_REQUEST_CHECKSUM_CALCULATION", "none"),
            Map.entry("SERVER_SSL_BUNDLE", "none"),
            Map.entry("SOVEREIGNKEYS_CALLTIMEOUT", "none"),
            Map.entry("sovereign-keys.audit-copy", "none"),
            Map.entry("SPRING_CONFIG_IMPORT", "file:/none"),
            Map.entry("JAVA_TOOL_OPTIONS", "-Dsovereign-keys.call-timeout=none"),
            Map.entry("ETCD_NAME", "of-the-user"));

    private final Path home;

    private SandboxScript(Path home) {
        this.home = home;
    }

    /** For a home that is not there yet. What may be there when the tests end or are ended is removed. */
    static SandboxScript withNewHome() {
        Path parent = Files.isWritable(RAM) ? RAM : Path.of(System.getProperty("java.io.tmpdir"));
        SandboxScript script = new SandboxScript(parent.resolve("sovereign-keys-sandbox-test." + UUID.randomUUID()));
        Runtime.getRuntime().addShutdownHook(new Thread(script::removeWhatIsLeft));
        return script;
    }

    private void removeWhatIsLeft() {
        if (Files.exists(home)) {
            try {
                run("down");
            } catch (IOException e) {
                System.err.println("The sandbox in " + home + " is left: " + e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static SandboxScript withHome(Path home) {
        return new SandboxScript(home);
    }

    private static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("utils/sandbox/sandbox"))) {
                return folder;
            }
        }
        throw new IllegalStateException("utils/sandbox/sandbox was not found above " + Path.of("").toAbsolutePath());
    }

    /** A file of the repository. */
    static Path file(String name) {
        return ROOT.resolve(name);
    }

    Path home() {
        return home;
    }

    /** Starts a command; its output goes into a file. */
    Process start(Path output, String command, String... options) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(file("utils/sandbox/sandbox").toString(), command, "--home", home.toString()));
        line.addAll(List.of(options));
        if (command.equals("up") || command.equals("cluster")) {
            line.add("--no-build");
        }
        ProcessBuilder script = new ProcessBuilder(line);
        script.environment().putAll(OF_A_USER);
        return script.redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    }

    /** Runs a command to its end. */
    Result run(String command, String... options) throws IOException, InterruptedException {
        Path output = Files.createTempFile("sandbox", ".out");
        try {
            Process process = start(output, command, options);
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end: " + Files.readString(output));
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    /** Process id of a part. */
    long pid(String part) throws IOException {
        return Long.parseLong(Files.readString(home.resolve(part + ".pid")).split(" ", -1)[0]);
    }

    /** What came of a command. */
    record Result(int exitCode, String output) {}
}
