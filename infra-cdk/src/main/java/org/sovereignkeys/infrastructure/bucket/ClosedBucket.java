/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.bucket;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.CfnBucketPolicy;
import software.constructs.Construct;

/** A bucket that is versioned, encrypted, the account's own, and closed to the public and to plain HTTP. */
public final class ClosedBucket {
    private ClosedBucket() {}

    /** To which more can be added. */
    public static CfnBucket.Builder form(Construct scope, String id) {
        return CfnBucket.Builder.create(scope, id)
            .versioningConfiguration(CfnBucket.VersioningConfigurationProperty.builder().status("Enabled").build())
            .ownershipControls(CfnBucket.OwnershipControlsProperty.builder()
                .rules(List.of(CfnBucket.OwnershipControlsRuleProperty.builder()
                    .objectOwnership("BucketOwnerEnforced")
                    .build()))
                .build())
            .publicAccessBlockConfiguration(CfnBucket.PublicAccessBlockConfigurationProperty.builder()
                .blockPublicAcls(true)
                .blockPublicPolicy(true)
                .ignorePublicAcls(true)
                .restrictPublicBuckets(true)
                .build())
            .bucketEncryption(CfnBucket.BucketEncryptionProperty.builder()
                .serverSideEncryptionConfiguration(List.of(CfnBucket.ServerSideEncryptionRuleProperty.builder()
                    .serverSideEncryptionByDefault(
                            CfnBucket.ServerSideEncryptionByDefaultProperty.builder().sseAlgorithm("AES256").build())
                    .build()))
                .build());
    }

    /**
     * Has the bucket refuse plain HTTP and more, and be kept with its policy when the stack goes. They go when the deployment that makes them is taken back: it could
     * not make them again.
     */
    public static void keep(CfnBucket bucket, Construct scope, String policyId, PolicyStatement... more) {
        String all = bucket.getAttrArn();
        var tlsOnly = denial("TlsOnly", "s3:*", List.of(all, all + "/*"),
                Map.of("Bool", Map.of("aws:SecureTransport", "false")));
        bucket.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
        CfnBucketPolicy.Builder.create(scope, policyId)
            .bucket(bucket.getRef())
            .policyDocument(PolicyDocument.Builder.create()
                .statements(Stream.concat(Stream.of(tlsOnly), Stream.of(more)).toList())
                .build())
            .build()
            .applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }

    /** To everybody. */
    public static PolicyStatement denial(String sid, String action, List<String> resources,
            Map<String, Object> condition) {
        return PolicyStatement.Builder.create()
            .sid(sid)
            .effect(Effect.DENY)
            .principals(List.of(new AnyPrincipal()))
            .actions(List.of(action))
            .resources(resources)
            .conditions(condition)
            .build();
    }
}
