/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.kms.KeySpec;
import software.amazon.awscdk.services.kms.KeyUsage;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.permission.RoleRight;

/**
 * Signs the certificates by which nodes and etcd know each other, for nodes alone and from their VPC alone. It comes and goes
 * with the cluster.
 */
final class AuthorityKey extends Construct {
    private static final String SIGN = "kms:Sign";

    private final Key key;

    AuthorityKey(Construct scope, Role nodes, IVpc vpc) {
        super(scope, "AuthorityKey");
        key = Key.Builder.create(this, "Key")
            .description("Authority of the Sovereign Keys cluster's certificates")
            .alias("sovereign-keys-cluster-authority")
            .keySpec(KeySpec.ECC_NIST_P384)
            .keyUsage(KeyUsage.SIGN_VERIFY)
            .pendingWindow(Duration.days(7))
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
        // Whatever policies of the account allow: by the key's own policy nobody else signs, nor anybody from elsewhere.
        denySigning(Map.of("ArnNotEquals", Map.of("aws:PrincipalArn", nodes.getRoleArn())));
        denySigning(Map.of("StringNotEquals", Map.of("aws:SourceVpc", vpc.getVpcId())));
        RoleRight.allow(nodes, List.of("kms:GetPublicKey", SIGN), key.getKeyArn(),
                Map.of("StringEquals", Map.of("aws:SourceVpc", vpc.getVpcId())));
    }

    private void denySigning(Map<String, Object> condition) {
        key.addToResourcePolicy(PolicyStatement.Builder.create()
            .effect(Effect.DENY)
            .principals(List.of(new AnyPrincipal()))
            .actions(List.of(SIGN))
            .resources(List.of("*"))
            .conditions(condition)
            .build());
    }

    String arn() {
        return key.getKeyArn();
    }
}
