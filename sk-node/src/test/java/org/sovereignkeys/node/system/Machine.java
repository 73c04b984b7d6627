/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** An instance: a machine in the network that runs sk-node. */
final class Machine {
    private static final List<String> OPTIONS = List.of("--pace=PT0.3S", "--settling=PT3S", "--patience=PT10M",
            "--certificate-lifetime=PT40S");

    private final Network network;
    private final String instance;
    private final String address;
    private final String namespace;
    private final Path folder;
    private final Path store;
    private final Map<String, String> environment;
    private @Nullable Process process;

    Machine(Network network, Cloud cloud, String instance, String address, Path folder) throws IOException {
        this.network = network;
        this.instance = instance;
        this.address = address;
        this.namespace = network.add(address);
        this.folder = Files.createDirectories(folder.resolve(instance));
        this.store = Path.of("/dev/shm", "sk-" + namespace);
        Path notified = Files.writeString(this.folder.resolve("systemd-notify"),
                "#!/bin/sh\necho \"$@\" >> \"$NOTIFY_SOCKET\"\n");
        notified.toFile().setExecutable(true);
        this.environment = new HashMap<>(cloud.environment());
        environment
            .putAll(Map.of("SK_NODE_STORE", store.toString(), "NOTIFY_SOCKET", notifications().toString(), "PATH",
                    this.folder + ":" + System.getenv("PATH")));
    }

    String instance() {
        return instance;
    }

    String address() {
        return address;
    }

    String namespace() {
        return namespace;
    }

    Path store() {
        return store;
    }

    /** What systemd was told. */
    Path notifications() {
        return folder.resolve("notifications");
    }

    void start() throws IOException {
        start(Map.of());
    }

    /** With other variables than usual. */
    void start(Map<String, String> others) throws IOException {
        List<String> command = command("run");
        command.addAll(OPTIONS);
        Files.deleteIfExists(notifications());
        ProcessBuilder builder = builder(command);
        builder.environment().putAll(others);
        process = builder.redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    }

    /** Runs a command of sk-node; returns its output. Fails if its exit code is another. */
    String command(int exitCode, String... arguments) throws IOException, InterruptedException {
        Process called = builder(command(arguments)).redirectErrorStream(true).start();
        String output = new String(called.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (called.waitFor() != exitCode) {
            throw new AssertionError(
                    "sk-node " + String.join(" ", arguments) + " ended with " + called.exitValue() + ": "
                            + output);
        }
        return output;
    }

    /** As systemd stops it; returns the exit code. */
    int stop() throws InterruptedException {
        Process running = process;
        if (running == null) {
            return 0;
        }
        running.destroy();
        return running.waitFor();
    }

    /** Ends sk-node as kill -9 does; its etcd goes on. */
    void crash() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** All that was in memory is gone. */
    void loseMemory() {
        network.kill(namespace);
        deleteStore();
    }

    /** It is gone for good. */
    void end() {
        network.remove(namespace);
        deleteStore();
    }

    private void deleteStore() {
        if (!Files.exists(store)) {
            return;
        }
        try (Stream<Path> all = Files.walk(store)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto", "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS", "-jar", System.getProperty("node.jar")));
        command.addAll(List.of(arguments));
        return command;
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }
}
