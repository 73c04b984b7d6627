/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

import java.util.List;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.kms.KeySpec;
import software.amazon.awscdk.services.kms.KeyUsage;
import software.constructs.Construct;

/** Signs the certificates by which nodes and etcd know each other. It comes and goes with the cluster. */
final class AuthorityKey extends Construct {
    private final Key key;

    AuthorityKey(Construct scope, Role nodes) {
        super(scope, "AuthorityKey");
        key = Key.Builder.create(this, "Key")
            .description("Authority of the Sovereign Keys cluster's certificates")
            .alias("sovereign-keys-cluster-authority")
            .keySpec(KeySpec.ECC_NIST_P384)
            .keyUsage(KeyUsage.SIGN_VERIFY)
            .pendingWindow(Duration.days(7))
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
        nodes.addToPolicy(PolicyStatement.Builder.create()
            .actions(List.of("kms:GetPublicKey", "kms:Sign"))
            .resources(List.of(key.getKeyArn()))
            .build());
    }

    String arn() {
        return key.getKeyArn();
    }
}
