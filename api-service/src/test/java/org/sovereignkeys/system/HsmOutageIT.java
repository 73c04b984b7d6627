/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The HSM goes and comes back while instances call. */
class HsmOutageIT {
    private static final int CLIENTS = 8;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"device gone", "device gone reinitialise"})
    void callersGet503WithRetryAfterMeanwhileAndTheNodeHealsWithinTenSeconds(String outage) throws Exception {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        Queue<Answer> answers = new ConcurrentLinkedQueue<>();
        AtomicBoolean running = new AtomicBoolean(true);
        try (ServiceProcess service = ServiceProcess.ready(home);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            String sealed = new Instance(service, ServiceHome.VPC, "i-00000001", "10.0.0.1").generate("v")
                .text("encrypted_secret");
            String secret = Instance.open(new Instance(service, ServiceHome.VPC, "i-00000001", "10.0.0.1")
                .decrypt("v", sealed)
                .text("wrapped_secret"));
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                calls.add(clients.submit(() -> {
                    Instance instance = new Instance(service, ServiceHome.VPC, "i-00000001", "10.0.0.1");
                    while (running.get()) {
                        answers.add(instance.decrypt("v", sealed));
                        Thread.sleep(20);
                    }
                    return null;
                }));
            }
            ServiceProcess.await("calls that succeed", () -> has(answers, 200));
            home.misbehave(outage + "\n");
            ServiceProcess.await("calls that fail", () -> has(answers, 503));
            ServiceProcess.await("unhealthy", () -> health(service) == 503);
            Thread.sleep(3000);
            home.misbehave("");
            ServiceProcess.await("healed", Duration.ofSeconds(10), () -> health(service) == 204);
            answers.clear();
            ServiceProcess.await("calls that succeed again", Duration.ofSeconds(5), () -> has(answers, 200));
            running.set(false);
            for (Future<?> call : calls) {
                call.get();
            }

            assertThat(answers).filteredOn(answer -> answer.status() == 200)
                .allMatch(answer -> Instance.open(answer.text("wrapped_secret")).equals(secret));
            assertThat(answers).extracting(Answer::status).containsOnly(200);
            AuditFolder log = new AuditFolder(home.logFolder());
            ServiceProcess.await("entries on record stored", Duration.ofSeconds(10),
                    () -> log.isWhole(ServiceHome.VPC));
            List<JsonNode> entries = log.entries(ServiceHome.VPC);
            assertThat(entries).allMatch(entry -> "Succeed".equals(entry.get("result").asString()));
        }
    }

    @Test
    void answerOfAnHsmThatIsAwayIsA503WithRetryAfter() {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        try (ServiceProcess service = ServiceProcess.ready(home)) {
            Instance instance = Instance.of(service, ServiceHome.VPC);
            instance.generate("v");
            home.misbehave("device gone\n");
            ServiceProcess.await("away", () -> instance.generate("v").status() == 503);

            Answer answer = instance.generate("v");

            assertThat(answer.text("detail")).isEqualTo("The HSM cannot serve now. Try again in a moment.");
            assertThat(answer.header("Retry-After")).isEqualTo("5");
        }
    }

    @Test
    void nodeStopsRatherThanMakeNewKeysWhereOldOnesSealedSomething() {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        try (ServiceProcess service = ServiceProcess.ready(home)) {
            assertThat(Instance.of(service, ServiceHome.VPC).generate("v").status()).isEqualTo(200);
        }
        ServiceHome elsewhere = ServiceHome.make(folder.resolve("elsewhere"), "proteccio");
        elsewhere.run("cp", "-r", home.ektFolder().toString(), "copied");
        elsewhere.run("sh", "-c", "cp -r copied/. customer-keys/");

        try (ServiceProcess service = ServiceProcess.start(elsewhere)) {
            service.send("PUT", "/client-key", Map.of(), elsewhere.clientKey());

            Answer refused = service.putPin(elsewhere.pin());

            assertThat(refused.status()).isEqualTo(503);
            assertThat(service.awaitEnd()).isEqualTo(78);
            assertThat(elsewhere.serviceLog()).contains("the node stops:");
        }
    }

    private static boolean has(Queue<Answer> answers, int status) {
        return answers.stream().anyMatch(answer -> answer.status() == status);
    }

    private static int health(ServiceProcess service) {
        return service.send("GET", "/healthcheck", Map.of(), new byte[0]).status();
    }
}
