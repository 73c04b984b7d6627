/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The service as a process of its own, started by its start script on a home folder, with the simulator as its HSM. */
final class ServiceProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final String NAMESPACE_ADDRESS = "198.51.100.7"; // for documentation: RFC 5737
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

    private final ServiceHome home;
    private final HttpClient http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
    private @Nullable Process process;
    private List<String> prefix = List.of();
    private int port;

    private ServiceProcess(ServiceHome home) {
        this.home = home;
    }

    /** Starts the service and waits until it answers; it still waits for its secrets then. */
    static ServiceProcess start(ServiceHome home, String... arguments) {
        ServiceProcess service = new ServiceProcess(home);
        service.launch(List.of(arguments));
        return service;
    }

    /**
     * Starts it where an address that is not loopback can be called without leaving the machine: in a network namespace of
     * its own or, where the system allows none, as it is, if the machine has such an address. Call it by
     * {@link #runBeside}.
     */
    static ServiceProcess startWithOtherAddress(ServiceHome home) {
        ServiceProcess service = new ServiceProcess(home);
        service.prefix = inNamespace("ip address add " + NAMESPACE_ADDRESS + "/32 dev lo && exec \"$@\"");
        service.launch(List.of());
        return service;
    }

    /** The address, not loopback, of a service that was started by {@link #startWithOtherAddress}. */
    String otherAddress() {
        if (!prefix.isEmpty()) {
            return NAMESPACE_ADDRESS;
        }
        try {
            return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "neither network namespaces nor an address that is not loopback: this cannot be tested here"));
        } catch (SocketException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs a command where the service's addresses are; returns what it printed. */
    String runBeside(String... command) {
        List<String> whole = new ArrayList<>(prefix.isEmpty()
                ? List.of()
                : List.of("nsenter", "--target", Long.toString(process().pid()), "--user", "--net",
                        "--preserve-credentials"));
        whole.addAll(List.of(command));
        return home.run(whole.toArray(String[]::new));
    }

    /**
     * What to put before a command that is to run in a network namespace of its own; nothing where the system allows none.
     *
     * @param script is run there in the command's place, with the loopback up, and has the command as its arguments
     */
    static List<String> inNamespace(String script) {
        List<String> unshare = List.of("unshare", "--map-root-user", "--net");
        return succeeds(Stream.concat(unshare.stream(), Stream.of("true")).toList())
                ? Stream.concat(unshare.stream(), Stream.of("sh", "-c", "ip link set lo up && " + script, "sh"))
                    .toList()
                : List.of();
    }

    private static boolean succeeds(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Starts it, and gives it its secrets. */
    static ServiceProcess ready(ServiceHome home, String... arguments) {
        ServiceProcess service = start(home, arguments);
        service.giveSecrets();
        return service;
    }

    /** Runs it with settings with which it should not start, and returns its exit code. */
    static int failedStart(ServiceHome home, String... arguments) {
        ServiceProcess service = new ServiceProcess(home);
        try {
            Process failing = service.spawn(List.of(arguments));
            service.process = failing;
            if (!failing.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                failing.destroyForcibly();
                throw new AssertionError("the service started:\n" + home.serviceLog());
            }
            return failing.exitValue();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void giveSecrets() {
        Answer key = send("PUT", "/client-key", Map.of(), home.clientKey());
        if (key.status() != 204 && !key.body().contains("CLIENT KEY already present")) {
            throw new AssertionError("client key: " + key);
        }
        Answer pin = putPin(home.pin());
        if (pin.status() != 204) {
            throw new AssertionError("PIN: " + pin + "\n" + home.serviceLog());
        }
        await("ready", () -> send("GET", "/healthcheck", Map.of(), new byte[0]).status() == 204);
    }

    Answer putPin(String pin) {
        return send("PUT", "/hsm-pin", Map.of("Content-Type", "application/json"),
                ("{\"pin\":\"" + pin + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    Answer send(String method, String path, Map<String, String> headers, byte[] body) {
        try {
            return trySend(method, path, headers, body);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + "\n" + home.serviceLog(), e);
        }
    }

    /** As {@link #send}, for tests in which the service may be gone. */
    Answer trySend(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
        return trySend(method, path, headers, body, Duration.ofSeconds(30));
    }

    Answer trySend(String method, String path, Map<String, String> headers, byte[] body, Duration limit)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(limit)
            .method(method, body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    int port() {
        return port;
    }

    ServiceHome home() {
        return home;
    }

    Process process() {
        if (process == null) {
            throw new AssertionError("not started");
        }
        return process;
    }

    boolean isAlive() {
        return process().isAlive();
    }

    /** kill -9. */
    void kill() {
        process().destroyForcibly();
        awaitEnd();
    }

    /** Stops it in its tracks (SIGSTOP): connections stay, nothing answers. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        home.run("kill", "-" + name, Long.toString(process().pid()));
    }

    /** SIGTERM; returns the exit code. */
    int stop() {
        process().destroy();
        return awaitEnd();
    }

    int awaitEnd() {
        try {
            if (!process().waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process().destroyForcibly();
                throw new AssertionError("the service did not end:\n" + home.serviceLog());
            }
            return process().exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            process.destroyForcibly();
            awaitEnd();
        }
        http.close();
    }

    static void await(String what, BooleanSupplier condition) {
        await(what, Duration.ofSeconds(30), condition);
    }

    static void await(String what, Duration limit, BooleanSupplier condition) {
        Instant end = Instant.now().plus(limit);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private void launch(List<String> arguments) {
        try {
            process = spawn(arguments);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try {
            await("the start\n" + home.folder(), START_LIMIT, this::hasStarted);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private boolean hasStarted() {
        if (!isAlive()) {
            throw new AssertionError("the service ended at once:\n" + home.serviceLog());
        }
        Matcher line = PORT.matcher(home.serviceLog());
        if (line.find()) {
            port = Integer.parseInt(line.group(1));
        }
        return port != 0 && home.serviceLog().contains("Started SovereignKeysApplication");
    }

    private Process spawn(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of("bin/sovereign-keys-api").toAbsolutePath().toString());
        // What is given twice would be taken as a list.
        home.settings()
            .stream()
            .filter(setting -> arguments.stream().noneMatch(given -> keyOf(given).equals(keyOf(setting))))
            .forEach(command::add);
        command.addAll(arguments);
        Files.deleteIfExists(home.serviceLogFile());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(home.serviceLogFile().toFile());
        builder.environment().put("SK_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("SK_JAR", System.getProperty("sk.jar", ""));
        builder.environment().putAll(home.environment());
        return builder.start();
    }

    private static String keyOf(String argument) {
        return argument.substring(0, argument.indexOf('='));
    }
}
