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
        Queue<Answered> calls = new ConcurrentLinkedQueue<>();
        AtomicBoolean running = new AtomicBoolean(true);
        try (ServiceProcess service = ServiceProcess.ready(home);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            String sealed = new Instance(service, ServiceHome.VPC, "i-00000001", "10.0.0.1").generate("v")
                .text("encrypted_secret");
            String secret = Instance.open(new Instance(service, ServiceHome.VPC, "i-00000001", "10.0.0.1")
                .decrypt("v", sealed)
                .text("wrapped_secret"));
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                callers.add(clients.submit(() -> {
                    Instance instance = new Instance(service, ServiceHome.VPC, "i-00000001", "10.0.0.1");
                    while (running.get()) {
                        long began = System.nanoTime();
                        calls.add(new Answered(began, instance.decrypt("v", sealed)));
                        Thread.sleep(20);
                    }
                    return null;
                }));
            }
            ServiceProcess.await("calls that succeed", () -> has(calls, 200));
            home.misbehave(outage + "\n");
            ServiceProcess.await("calls that fail", () -> has(calls, 503));
            ServiceProcess.await("unhealthy", () -> health(service) == 503);
            Thread.sleep(3000);
            home.misbehave("");
            ServiceProcess.await("healed", Duration.ofSeconds(10), () -> health(service) == 204);
            long healed = System.nanoTime();
            ServiceProcess.await("calls that began after that", Duration.ofSeconds(5),
                    () -> begunAfter(healed, calls).size() >= 2 * CLIENTS);
            running.set(false);
            for (Future<?> caller : callers) {
                caller.get();
            }

            // What began while the HSM was away may fail after the node has healed.
            assertThat(begunAfter(healed, calls)).extracting(Answer::status).containsOnly(200);
            assertThat(calls).extracting(Answered::answer)
                .allMatch(answer -> answer.status() == 503
                        || Instance.open(answer.text("wrapped_secret")).equals(secret));
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

    /** An answer, and when its call began. */
    private record Answered(long beganNanos, Answer answer) {}

    private static boolean has(Queue<Answered> calls, int status) {
        return calls.stream().anyMatch(call -> call.answer().status() == status);
    }

    private static List<Answer> begunAfter(long nanos, Queue<Answered> calls) {
        return calls.stream().filter(call -> call.beganNanos() - nanos > 0).map(Answered::answer).toList();
    }

    private static int health(ServiceProcess service) {
        return service.send("GET", "/healthcheck", Map.of(), new byte[0]).status();
    }
}
