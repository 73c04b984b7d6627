/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** What an auditor finds. */
class LogFolderIT {
    @TempDir
    Path folder;

    @Test
    void everyPostOfAKnownVpcLeavesOneEntryThatSaysWhatHappened() throws Exception {
        ServiceHome home = ServiceHome.make(folder, "proteccio");
        try (ServiceProcess service = ServiceProcess.ready(home)) {
            Instance instance = new Instance(service, ServiceHome.VPC, "i-0c4f345c91e5cd4a2", "10.42.0.41");
            instance.decrypt("volume-1", "A".repeat(123) + "=");
            String sealed = instance.generate("volume-1").text("encrypted_secret");
            instance.convert("volume-1", sealed, "i-0c4f345c91e5cd4a2");
            instance.decrypt("volume-2", sealed);
            instance.post("generate-secret", Map.of("volume_uuid", "evil\nresult=Succeed", "rsa_wrapping_key", "QUJD"));
            instance.post("generate-secret", Map.of("volume_uuid", "volume-1", "rsa_wrapping_key", "QUJD"));
            instance.postRaw("decrypt-secret", "no JSON");
            new Instance(service, ServiceHome.VPC, "evil", "10.42.0.41").generate("volume-1");
            new Instance(service, "vpc-0dddddddddddddddd", instance.id(), "10.42.0.41").generate("volume-1");
            instance.get("/v1/public-signing-key");
            PublicKey key = instance.signingKey();

            List<JsonNode> entries = new AuditFolder(home.logFolder()).entries(ServiceHome.VPC);

            assertThat(entries).allMatch(entry -> AuditFolder.verifies(key, entry));
            assertThat(entries.stream().map(LogFolderIT::summary)).containsExactly(
                    "decrypt-secret i-0c4f345c91e5cd4a2 volume-1 Failed There is no encryption key for this VPC",
                    "generate-secret i-0c4f345c91e5cd4a2 volume-1 Succeed null",
                    "convert-secret i-0c4f345c91e5cd4a2 volume-1 Succeed null",
                    "decrypt-secret i-0c4f345c91e5cd4a2 volume-2 Failed Wrapped secret and/or context are incorrect",
                    "generate-secret i-0c4f345c91e5cd4a2 null Failed Bad parameters",
                    "generate-secret i-0c4f345c91e5cd4a2 volume-1 Failed Invalid RSA pub key",
                    "decrypt-secret i-0c4f345c91e5cd4a2 null Failed Bad parameters",
                    "generate-secret null volume-1 Failed Bad parameters");
            assertThat(home.logFolder().resolve("vpc-0dddddddddddddddd")).doesNotExist();
            assertThat(Files.readString(home.logFolder().resolve(ServiceHome.VPC).resolve("000000003.json")))
                .matches("\\{\"event_version\": 1, \"vpc_op_seq_num\": 3, \"vpc_id\": \"vpc-0b1e8a8e776a87423\", "
                        + "\"op_start\": \"[0-9T:-]+\\.\\d{6}Z\", \"op_end\": \"[0-9T:-]+\\.\\d{6}Z\", "
                        + "\"caller\": \\{\"type\": \"INSTANCE\", \"id\": \"i-0c4f345c91e5cd4a2\", \"ip\": \"10.42.0.41\", "
                        + "\"aws_account_id\": \"403000000000\"}, "
                        + "\"call\": \\{\"name\": \"convert-secret\", \"parameters\": \\{\"instance_id\": \"i-0c4f345c91e5cd4a2\", "
                        + "\"volume_uuid\": \"volume-1\", \"source_instance_id\": \"i-0c4f345c91e5cd4a2\"}}, "
                        + "\"result\": \"Succeed\", \"failure_reason\": null, \"signature\": \"[A-Za-z0-9+/=]+\"}");
        }
    }

    private static String summary(JsonNode entry) {
        JsonNode call = entry.get("call");
        return call.get("name").asString() + " " + entry.get("caller").get("id").asString("null") + " "
                + call.get("parameters").get("volume_uuid").asString("null") + " " + entry.get("result").asString()
                + " "
                + entry.get("failure_reason").asString("null");
    }
}
