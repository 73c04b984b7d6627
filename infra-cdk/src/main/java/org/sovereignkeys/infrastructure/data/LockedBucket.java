/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.CfnBucketPolicy;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.ObjectLockMode;
import org.sovereignkeys.infrastructure.review.Excuse;

/** A bucket whose objects are put once and locked for ten years. */
final class LockedBucket extends Construct {
    private static final int RETENTION_YEARS = 10;

    private final CfnBucket bucket;

    LockedBucket(Construct scope, String id, String name, ObjectLockMode mode) {
        super(scope, id);
        bucket = CfnBucket.Builder.create(this, "Bucket")
            .bucketName(name)
            .versioningConfiguration(CfnBucket.VersioningConfigurationProperty.builder().status("Enabled").build())
            .objectLockEnabled(true)
            .objectLockConfiguration(retention(mode))
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
            .bucketEncryption(encryption())
            .build();
        bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
        Excuse.on(bucket, "S1", "Who puts what is in the audit log itself; reads are for CloudTrail's data events,"
                + " for which an account has one trail.");
        CfnBucketPolicy.Builder.create(this, "Policy")
            .bucket(bucket.getRef())
            .policyDocument(policy())
            .build()
            .applyRemovalPolicy(RemovalPolicy.RETAIN);
    }

    BucketReference reference() {
        return new BucketReference(bucket.getRef(), bucket.getAttrArn());
    }

    private static CfnBucket.ObjectLockConfigurationProperty retention(ObjectLockMode mode) {
        return CfnBucket.ObjectLockConfigurationProperty.builder()
            .objectLockEnabled("Enabled")
            .rule(CfnBucket.ObjectLockRuleProperty.builder()
                .defaultRetention(CfnBucket.DefaultRetentionProperty.builder()
                    .mode(mode.name())
                    .years(RETENTION_YEARS)
                    .build())
                .build())
            .build();
    }

    private static CfnBucket.BucketEncryptionProperty encryption() {
        return CfnBucket.BucketEncryptionProperty.builder()
            .serverSideEncryptionConfiguration(List.of(CfnBucket.ServerSideEncryptionRuleProperty.builder()
                .serverSideEncryptionByDefault(
                        CfnBucket.ServerSideEncryptionByDefaultProperty.builder().sseAlgorithm("AES256").build())
                .build()))
            .build();
    }

    private PolicyDocument policy() {
        String all = bucket.getAttrArn();
        String objects = all + "/*";
        return PolicyDocument.Builder.create()
            .statements(List.of(
                    deny("TlsOnly", "s3:*", List.of(all, objects),
                            Map.of("Bool", Map.of("aws:SecureTransport", "false"))),
                    deny("NoDelete", "s3:DeleteObject", List.of(objects), Map.of()),
                    deny("PutOnce", "s3:PutObject", List.of(objects),
                            Map.of("Null", Map.of("s3:if-none-match", "true")))))
            .build();
    }

    private static PolicyStatement deny(String sid, String action, List<String> resources,
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
