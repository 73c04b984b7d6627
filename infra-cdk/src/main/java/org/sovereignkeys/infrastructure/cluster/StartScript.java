/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;

import org.sovereignkeys.infrastructure.artifacts.ArtifactBucket;
import org.sovereignkeys.infrastructure.artifacts.Script;
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
                Map.entry("SK_ARTIFACT_BUCKET", ArtifactBucket.name()),
                Map.entry("SK_AUTHORITY_KEY", surroundings.authority().arn()),
                Map.entry("SK_LOG_GROUP", surroundings.role().logGroup()),
                Map.entry("SK_METRICS_NAMESPACE", ClusterStack.METRICS_NAMESPACE),
                Map.entry("SK_NODES", Nodes.GROUP_NAME),
                Map.entry("SK_NODES_RESOURCE", Nodes.GROUP_ID),
                Map.entry("SK_PACKAGE_SUM", surroundings.nodePackage().sum()),
                Map.entry("SK_PACKAGE_VERSION", surroundings.nodePackage().version()),
                Map.entry("SK_STACK", Aws.STACK_NAME),
                Map.entry("SK_TARGET_GROUP", surroundings.balancer().targetGroupArn())));
        String exports = settings.entrySet()
            .stream()
            .map(setting -> "export " + setting.getKey() + "='" + setting.getValue() + "'\n")
            .collect(Collectors.joining());
        return Fn.base64("#!/bin/bash\n" + exports + Script.read(StartScript.class, "start-node.sh"));
    }
}
