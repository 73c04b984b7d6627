/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.watching;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.events.EventPattern;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.events.targets.SnsTopic;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

/** Tells when anyone but a node signs with the cluster's authority: such a certificate opens etcd, and so the PIN. */
final class SignatureRule extends Construct {
    SignatureRule(Construct scope, Topic topic, String keyArn, String nodeRoleArn) {
        super(scope, "Signatures");
        Map<String, Object> detail = new TreeMap<>(Map.of(
                "eventSource", List.of("kms.amazonaws.com"),
                "eventName", List.of("Sign"),
                "resources", Map.of("ARN", List.of(keyArn)),
                // A user or the account itself has no issuer.
                "$or", List.of(issuer(Map.of("anything-but", List.of(nodeRoleArn))), issuer(Map.of("exists", false)))));
        var rule = Rule.Builder.create(this, "Rule")
            .description("Sovereign Keys: the cluster's authority signed for somebody who is no node")
            .eventPattern(EventPattern.builder()
                .source(List.of("aws.kms"))
                .detailType(List.of("AWS API Call via CloudTrail"))
                .detail(detail)
                .build())
            .targets(List.of(new SnsTopic(topic)))
            .build();
        // To CloudTrail a signature is reading, which rules see only when they ask for it.
        ((CfnRule) Objects.requireNonNull(rule.getNode().getDefaultChild()))
            .setState("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    }

    private static Map<String, Object> issuer(Map<String, Object> test) {
        return Map.of("userIdentity", Map.of("sessionContext", Map.of("sessionIssuer", Map.of("arn", List.of(test)))));
    }
}
