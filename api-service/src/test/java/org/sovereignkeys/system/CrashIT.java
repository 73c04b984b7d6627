/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** kill -9 under load: the log stays whole, and whoever saw a 200 has an entry. */
class CrashIT {
    private static final int KILLS = 20;
    private static final int CLIENTS = 8;
    private static final long SEED = 20261124;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    private final Queue<String> answered = new ConcurrentLinkedQueue<>();

    @Test
    void logIsWholeAfterTwentyKillsUnderLoad() throws Exception {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        Random random = new Random(SEED);
        for (int kill = 0; kill < KILLS; kill++) {
            loadAndKill(home, 200 + random.nextInt(600));
            assertNoFileIsHalfWritten(home);
        }
        try (ServiceProcess service = ServiceProcess.ready(home)) {
            for (String vpc : List.of(ServiceHome.VPC, ServiceHome.OTHER_VPC)) {
                assertThat(Instance.of(service, vpc).generate("last").status()).isEqualTo(200);
            }
            assertLogIsWhole(home, service);
        }
    }

    private void loadAndKill(ServiceHome home, int afterMillis) throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        int before = answered.size();
        try (ServiceProcess service = ServiceProcess.ready(home);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String vpc = i % 2 == 0 ? ServiceHome.VPC : ServiceHome.OTHER_VPC;
                calls.add(clients.submit(() -> callUntilGone(service, vpc, running)));
            }
            ServiceProcess.await("answers under load", () -> answered.size() > before + CLIENTS);
            Thread.sleep(afterMillis);
            service.kill();
            running.set(false);
            for (Future<?> call : calls) {
                call.get();
            }
        }
    }

    private void callUntilGone(ServiceProcess service, String vpc, AtomicBoolean running) {
        for (int i = 0; running.get(); i++) {
            Instance instance = Instance.of(service, vpc);
            String volume = "volume-" + i;
            String body = JSON.writeValueAsString(Map.of("volume_uuid", volume, "rsa_wrapping_key", Instance.rsaKey()));
            try {
                Answer answer = service.trySend("POST", "/v1/encryption/" + instance.id() + "/generate-secret",
                        instance.identity(), body.getBytes(StandardCharsets.UTF_8));
                if (answer.status() == 200) {
                    answered.add(vpc + " " + instance.id() + " " + volume);
                }
            } catch (IOException _) {
                return; // the service is gone, as it should be
            }
        }
    }

    private static void assertNoFileIsHalfWritten(ServiceHome home) throws IOException {
        for (String vpc : List.of(ServiceHome.VPC, ServiceHome.OTHER_VPC)) {
            try (Stream<Path> files = Files.list(home.logFolder().resolve(vpc))) {
                assertThat(files.filter(file -> file.toString().endsWith(".json")))
                    .allSatisfy(file -> assertThat(JSON.readTree(Files.readString(file)).get("signature").asString())
                        .isNotEmpty());
            }
        }
        try (Stream<Path> files = Files.list(home.ektFolder())) {
            assertThat(files.filter(file -> file.toString().endsWith(".ekt")))
                .allMatch(file -> file.toFile().length() == 92);
        }
    }

    private void assertLogIsWhole(ServiceHome home, ServiceProcess service) {
        int entryCount = 0;
        AuditFolder log = new AuditFolder(home.logFolder());
        for (String vpc : List.of(ServiceHome.VPC, ServiceHome.OTHER_VPC)) {
            // What was in flight at the last kill is filled in the background.
            ServiceProcess.await("a log without gap", () -> log.isWhole(vpc));
            var key = Instance.of(service, vpc).signingKey();
            List<JsonNode> entries = log.entries(vpc);
            assertThat(entries).allMatch(entry -> AuditFolder.verifies(key, entry));
            entryCount += entries.size();
            Set<String> recorded = entries.stream()
                .filter(entry -> "Succeed".equals(entry.get("result").asString()))
                .map(entry -> vpc + " " + entry.get("caller").get("id").asString() + " "
                        + entry.get("call").get("parameters").get("volume_uuid").asString())
                .collect(Collectors.toSet());
            assertThat(recorded).containsAll(answered.stream().filter(call -> call.startsWith(vpc)).toList());
        }
        assertThat(answered.size()).isGreaterThan(KILLS * CLIENTS);
        assertThat(entryCount).isGreaterThanOrEqualTo(answered.size());
    }
}
