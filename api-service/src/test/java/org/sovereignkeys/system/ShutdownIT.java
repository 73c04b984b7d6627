/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A node that is told to end finishes what runs. */
class ShutdownIT {
    private static final int CALLS = 8;

    @TempDir
    Path folder;

    @Test
    void aNodeThatIsToldToDrainFailsItsHealthCheckAndGoesOnServing() throws Exception {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        Path drain = folder.resolve("draining");
        try (ServiceProcess service = ServiceProcess.start(home, "--sovereign-keys.drain-file=" + drain)) {
            Files.createFile(drain);
            assertThat(health(service).text("detail")).as("before it has its secrets").contains("waiting for");
            Files.delete(drain);
            service.giveSecrets();
            Files.createFile(drain);

            Answer health = health(service);

            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text("detail")).isEqualTo("This node is being taken out of service.");
            assertThat(Instance.of(service, ServiceHome.VPC).generate("volume-1").status()).isEqualTo(200);
            Files.delete(drain);
            assertThat(health(service).status()).isEqualTo(204);
        }
    }

    @Test
    void callsThatRunAreAnsweredBeforeTheNodeEnds() throws Exception {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        try (ServiceProcess service = ServiceProcess.ready(home);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Instance.of(service, ServiceHome.VPC).generate("volume-1");
            home.misbehave("latency 250\n");
            Thread.sleep(200);
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                answers.add(callers.submit(() -> Instance.of(service, ServiceHome.VPC).generate("volume-1")));
            }
            Thread.sleep(1500); // a call takes about four seconds now

            int exitCode = service.stop();

            assertThat(exitCode).isEqualTo(143); // 128 + SIGTERM
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).as(answer.get().body()).isEqualTo(200);
            }
            assertThat(new AuditFolder(home.logFolder()).entries(ServiceHome.VPC)).hasSize(CALLS + 1);
        }
    }

    private static Answer health(ServiceProcess service) {
        return service.send("GET", "/healthcheck", Map.of(), new byte[0]);
    }
}
