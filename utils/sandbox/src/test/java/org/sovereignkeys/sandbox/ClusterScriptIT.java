/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.sandbox.RunningSandbox.Instance;
import org.sovereignkeys.sandbox.SandboxScript.Result;

import static org.assertj.core.api.Assertions.assertThat;

/** A cluster that goes on while its parts are broken and mended. */
class ClusterScriptIT {
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(60);
    private static final List<String> BREAKABLE = List.of("node-1", "node-2", "node-3", "etcd-1", "etcd-2", "etcd-3",
            "s3");

    @Test
    void callsGoOnWithoutANodeAndAMember() throws IOException, InterruptedException {
        try (RunningSandbox cluster = RunningSandbox.cluster("--brief")) {
            SandboxScript script = cluster.script();
            List<Long> pids = pids(script);
            assertThat(script.run("status").exitCode()).isZero();
            assertWorks(cluster);
            assertEtcdRefusesStrangers(cluster);

            assertThat(script.run("kill", "node-1").output()).isEqualTo("node-1 was killed.\n");
            assertDone(script.run("kill", "etcd-1"));
            assertDone(script.run("pause", "node-2"));
            awaitStatus(script, "node-3 .* well");
            assertThat(script.run("status").output()).containsPattern("node-1 .* does not run")
                .containsPattern("node-2 .* is paused")
                .containsPattern("etcd-1 .* does not run")
                .containsPattern("etcd-2 .* well");
            awaitCalls(cluster);
            assertWorks(cluster);
            assertRefused(script.run("kill", "node-1"), "node-1 does not run.");
            assertRefused(script.run("resume", "node-3"), "node-3 is not paused.");
            assertRefused(script.run("start", "node-3"), "node-3 runs already.");

            assertDone(script.run("resume", "node-2"));
            assertDone(script.run("start", "node-1"));
            assertDone(script.run("start", "etcd-1"));
            awaitStatus(script, "(?s)etcd-1 [^\n]* well.*node-1 [^\n]* well.*node-2 [^\n]* well");
            assertThat(script.run("status").exitCode()).isZero();

            assertDone(script.run("delay-s3", "400"));
            assertThat(timeOfEntry(cluster)).isGreaterThan(Duration.ofMillis(400));
            pids.addAll(pids(script));
            assertDone(script.run("pause", "etcd-2"));
            assertDone(script.run("down"));
            assertThat(script.home()).doesNotExist();
            assertThat(pids).noneMatch(SandboxScriptIT::runs);
        }
    }

    private static List<Long> pids(SandboxScript script) throws IOException {
        List<Long> pids = new ArrayList<>();
        for (String part : BREAKABLE) {
            pids.add(script.pid(part));
        }
        return pids;
    }

    private static void assertDone(Result result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private static void assertRefused(Result result, String sentence) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).isEqualTo(sentence + '\n');
    }

    /** The functional test, as an instance runs it. */
    private static void assertWorks(RunningSandbox cluster) throws IOException, InterruptedException {
        Instance web = cluster.instance("web");
        ProcessBuilder test = new ProcessBuilder(SandboxScript.file("utils/functional-testing.sh").toString(),
                web.gateway().toString());
        test.environment().put("AWS_EC2_METADATA_SERVICE_ENDPOINT", web.metadata().toString());
        Path output = Files.createTempFile("functional-test", ".out");
        try {
            Process process = test.redirectErrorStream(true).redirectOutput(output.toFile()).start();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(Files.readString(output)).endsWith("TEST SUCCEED\n");
        } finally {
            Files.delete(output);
        }
    }

    /** Until as many calls in a row as there are nodes are answered. */
    private static void awaitCalls(RunningSandbox cluster) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST_RECOVERY.toNanos();
        for (int answered = 0; answered < 3;) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            answered = cluster.instance("own").call("GET /v1/public-signing-key", "").status() == 200
                    ? answered + 1
                    : 0;
        }
    }

    private static void awaitStatus(SandboxScript script, String pattern) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST_RECOVERY.toNanos();
        while (true) {
            String output = script.run("status").output();
            if (output.matches("(?s).*" + pattern + ".*")) {
                return;
            }
            assertThat(System.nanoTime()).as(output).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** How long a call takes that leaves an entry in the log and does nothing else. */
    private static Duration timeOfEntry(RunningSandbox cluster) throws IOException {
        Instance web = cluster.instance("web");
        long start = System.nanoTime();
        assertThat(web.askFor(web.id()).status()).isEqualTo(400);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void assertEtcdRefusesStrangers(RunningSandbox cluster) throws IOException, InterruptedException {
        Path tls = cluster.script().home().resolve("tls");
        for (String member : List.of("etcd-1", "etcd-2", "etcd-3")) {
            URI clients = URI.create(cluster.part(member, "url") + "/health");
            URI peers = URI.create(cluster.part(member, "peers") + "/version");
            assertThat(curl(clients, tls, "operator")).isEqualTo("200");
            assertThat(curl(clients, tls, "")).isEqualTo("000");
            assertThat(curl(peers, tls, "")).isEqualTo("000");
            assertThat(curl(peers, tls, "node-1")).isEqualTo("000");
            assertThat(curl(peers, tls, "etcd-1")).isEqualTo("200");
        }
    }

    /** The status that etcd answers to whoever shows this certificate, or none; 000 where there is no answer. */
    private static String curl(URI url, Path tls, String certificate) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("curl", "--silent", "--http1.1", "--noproxy", "*", "--max-time", "10", "--output",
                        "/dev/null", "--write-out", "%{http_code}", "--cacert", tls.resolve("ca.crt").toString()));
        if (!certificate.isEmpty()) {
            command.addAll(List.of("--cert", tls.resolve(certificate + ".crt").toString(), "--key",
                    tls.resolve(certificate + ".key").toString()));
        }
        command.add(url.toString());
        Process curl = new ProcessBuilder(command).start();
        String status = new String(curl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        curl.waitFor();
        return status;
    }
}
