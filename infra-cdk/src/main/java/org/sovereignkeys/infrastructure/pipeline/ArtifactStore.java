/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.CfnBucketPolicy;

import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** The bucket of artifacts-template.yml, under the same logical ids: a stack of the one can become one of the other. */
final class ArtifactStore {
    private final CfnBucket bucket;

    ArtifactStore(PipelineStack stack) {
        bucket = CfnBucket.Builder.create(stack, "Bucket")
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
                .build())
            .build();
        bucket.applyRemovalPolicy(RemovalPolicy.RETAIN); // what running instances and a rollback need
        Excuse.on(bucket, "S1", "It holds what is built from the sources; who puts what shows in the pipeline.");
        CfnBucketPolicy.Builder.create(stack, "BucketPolicy")
            .bucket(bucket.getRef())
            .policyDocument(policy())
            .build()
            .applyRemovalPolicy(RemovalPolicy.RETAIN);
        CfnOutput.Builder.create(stack, "S3ArtifactBucketName")
            .value(bucket.getRef())
            .exportName("sovereign-keys:S3ArtifactBucketName")
            .build();
    }

    String name() {
        return bucket.getRef();
    }

    String arn() {
        return bucket.getAttrArn();
    }

    void allowObjects(Role role) {
        RoleRight.allow(role, List.of("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"), arn() + "/*", Map.of());
    }

    private PolicyDocument policy() {
        return PolicyDocument.Builder.create()
            .statements(List.of(PolicyStatement.Builder.create()
                .sid("TlsOnly")
                .effect(Effect.DENY)
                .principals(List.of(new AnyPrincipal()))
                .actions(List.of("s3:*"))
                .resources(List.of(arn(), arn() + "/*"))
                .conditions(Map.of("Bool", Map.of("aws:SecureTransport", "false")))
                .build()))
            .build();
    }
}
