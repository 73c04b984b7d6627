/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;

import org.sovereignkeys.infrastructure.configuration.Configuration;

/** User data of a node: its settings, then start-node.sh. */
final class StartScript {
    private StartScript() {}

    static String of(Configuration configuration, Nodes.Surroundings surroundings) {
        Map<String, String> settings = new TreeMap<>(Map.ofEntries(
                Map.entry("AWS_DEFAULT_REGION", Aws.REGION),
                Map.entry("HSM_TYPE", configuration.hsmType().name()),
                Map.entry("EKT_BUCKET", surroundings.data().customerKeys().name()),
                Map.entry("AUDIT_BUCKET", surroundings.data().auditLog().name()),
                Map.entry("VPC_INFOS_TABLE", surroundings.data().customers().getTableName()),
                Map.entry("SELF_LOCKER_ON", String.valueOf(configuration.selfLocker())),
                Map.entry("SK_ARTIFACT_BUCKET", NodeRole.artifactBucket()),
                Map.entry("SK_AUTHORITY_KEY", surroundings.authority().arn()),
                Map.entry("SK_LOG_GROUP", surroundings.role().logGroup()),
                Map.entry("SK_NODES", Nodes.GROUP_NAME),
                Map.entry("SK_NODES_RESOURCE", Nodes.GROUP_ID),
                Map.entry("SK_STACK", Aws.STACK_NAME),
                Map.entry("SK_TARGET_GROUP", surroundings.balancer().targetGroupArn())));
        String exports = settings.entrySet()
            .stream()
            .map(setting -> "export " + setting.getKey() + "='" + setting.getValue() + "'\n")
            .collect(Collectors.joining());
        return Fn.base64("#!/bin/bash\n" + exports + script());
    }

    private static String script() {
        try (var script = Objects.requireNonNull(StartScript.class.getResourceAsStream("start-node.sh"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
