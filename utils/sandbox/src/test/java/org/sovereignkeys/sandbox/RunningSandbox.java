/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A whole sandbox that is up. */
final class RunningSandbox implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SandboxScript script;
    private final JsonNode description;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningSandbox(SandboxScript script) {
        this.script = script;
        this.description = JSON.readTree(script.home().resolve("sandbox.json"));
    }

    static RunningSandbox up(String... options) throws IOException, InterruptedException {
        return start("up", options);
    }

    /** One with three nodes, etcd, and an S3 of its own. */
    static RunningSandbox cluster(String... options) throws IOException, InterruptedException {
        return start("cluster", options);
    }

    private static RunningSandbox start(String command, String... options) throws IOException, InterruptedException {
        SandboxScript script = SandboxScript.withNewHome();
        SandboxScript.Result up = script.run(command, options);
        if (up.exitCode() != 0) {
            script.run("down");
        }
        assertThat(up.exitCode()).as(up.output()).isZero();
        return new RunningSandbox(script);
    }

    SandboxScript script() {
        return script;
    }

    /** A member of what it says of itself. */
    String member(String name) {
        return description.path(name).asString();
    }

    /** A member of what it says of a part of a cluster. */
    String part(String part, String name) {
        return description.path("parts").path(part).path(name).asString();
    }

    Instance instance(String name) {
        return description.path("callers")
            .valueStream()
            .filter(caller -> caller.path("name").asString().equals(name))
            .map(caller -> new Instance(caller.path("address").asString(), caller.path("instanceId").asString(),
                    caller.path("vpcId").asString(), caller.path("privateIp").asString(),
                    URI.create(caller.path("gateway").asString()), URI.create(caller.path("metadata").asString())))
            .findFirst()
            .orElseThrow();
    }

    /** How many calls the node has answered, by its own count; those of its operator not among them. */
    long callsServed() throws IOException, InterruptedException {
        URI metrics = URI.create(member("management") + "/actuator/prometheus");
        return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
            .body()
            .lines()
            .filter(line -> line.startsWith("http_server_requests_seconds_count{"))
            .filter(line -> !line.contains("/actuator") && !line.contains("/healthcheck"))
            .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
    }

    /** How many calls the gateway has passed on. */
    long callsForwarded() throws IOException {
        return lines("gateway.log").filter(line -> line.path("forwarded").asBoolean()).count();
    }

    /** The line that a call has left in a log of JSON; an absent node if it left none. */
    JsonNode lineOf(String requestId, String log) throws IOException {
        List<JsonNode> lines = lines(log).filter(line -> line.path("request_id").asString("").equals(requestId))
            .toList();
        assertThat(lines).hasSizeLessThan(2);
        return lines.isEmpty() ? JSON.createObjectNode() : lines.getFirst();
    }

    private Stream<JsonNode> lines(String log) throws IOException {
        Path file = script.home().resolve(log);
        return Files.readAllLines(file).stream().map(JSON::readTree);
    }

    @Override
    public void close() throws IOException {
        http.close();
        try {
            SandboxScript.Result down = script.run("down");
            assertThat(down.exitCode()).as(down.output()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * An instance, and where it calls.
     *
     * @param address address that its calls come from at the ports that all share
     */
    record Instance(String address, String id, String vpcId, String privateIp, URI gateway, URI metadata) {
        /** A call as this instance makes it, at the port of its own. */
        RawHttp.Answer call(String requestLine, String body, String... headers) throws IOException {
            String[] all = Stream.concat(Stream.of("Authorization: any"), Stream.of(headers)).toArray(String[]::new);
            return RawHttp.to(gateway).send(requestLine, body, all);
        }

        /** The same for a secret of an instance, with nothing in it: whoever may call is told that by the service. */
        RawHttp.Answer askFor(String instanceId, String... headers) throws IOException {
            return call("POST /v1/encryption/" + instanceId + "/decrypt-secret", "{}", headers);
        }
    }
}
