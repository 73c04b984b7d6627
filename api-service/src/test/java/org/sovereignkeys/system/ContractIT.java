/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/openapi.yaml against the service: whatever the calls, no 500, and no answer that is not in the contract. */
class ContractIT {
    private static final Path CONTRACT = Path.of("../docs/openapi.yaml");
    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("sk.contract.seconds", 60));
    private static final int SEED = Integer.getInteger("sk.contract.seed", 20261128);

    @TempDir
    Path folder;

    @Test
    void everyAnswerIsInTheContract() throws IOException {
        var schemathesis = new Schemathesis(folder, CONTRACT);
        try (ServiceProcess service = ServiceProcess.ready(ServiceHome.make(folder.resolve("home"), "proteccio"))) {
            Instance instance = Instance.of(service, ServiceHome.VPC);
            String sealed = instance.generate("volume-1").text("encrypted_secret");

            Map<String, String> identity = instance.identity();
            identity.remove("Content-Type"); // that is for schemathesis to say

            schemathesis.check("http://127.0.0.1:" + service.port() + "/v1", identity, Map.of(
                    "path.InstanceId", instance.id(),
                    "body.volume_uuid", "volume-1",
                    "body.rsa_wrapping_key", Instance.rsaKey(),
                    "body.source_instance_id", instance.id(),
                    "body.encrypted_secret", sealed), LIMIT, SEED);

            var log = new AuditFolder(service.home().logFolder());
            ServiceProcess.await("calls in flight", () -> log.isWhole(ServiceHome.VPC));
            var entries = log.entries(ServiceHome.VPC);
            for (String call : new String[]{"generate-secret", "decrypt-secret", "convert-secret"}) {
                for (String result : new String[]{"Succeed", "Failed"}) {
                    assertThat(entries).as("%s, %s: it was tried", call, result)
                        .filteredOn(entry -> entry.at("/call/name").asString().equals(call)
                                && entry.get("result").asString().equals(result))
                        .hasSizeGreaterThan(3);
                }
            }
            assertThat(service.home().serviceLog()).doesNotContain("a bug");
        }
    }
}
