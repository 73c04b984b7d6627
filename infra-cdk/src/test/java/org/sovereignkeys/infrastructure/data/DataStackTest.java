/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

import org.sovereignkeys.infrastructure.Synthesis;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.configuration.HsmType;
import org.sovereignkeys.infrastructure.configuration.ObjectLockMode;

import static org.assertj.core.api.Assertions.assertThat;

class DataStackTest {
    private final Template template = Synthesis.usual().template("data");

    /** It would not go when a first deployment is taken back: it is protected. The runbook says what to do. */
    @Test
    void theTableIsOnDemandRecoverableAndProtected() {
        template.hasResource("AWS::DynamoDB::Table", Map.of("DeletionPolicy", "Retain", "UpdateReplacePolicy", "Retain",
                "Properties", Match.objectLike(Map.of(
                        "TableName", "dyndb-sovereign-keys-vpc-infos",
                        "KeySchema", List.of(Map.of("AttributeName", "VPCID", "KeyType", "HASH")),
                        "BillingMode", "PAY_PER_REQUEST",
                        "PointInTimeRecoverySpecification", Map.of("PointInTimeRecoveryEnabled", true),
                        "DeletionProtectionEnabled", true))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme-sovereign-keys-ekt", "acme-sovereign-keys-audit-logs"})
    void aBucketIsLockedForTenYearsPrivateAndKept(String name) {
        template.hasResource("AWS::S3::Bucket", Map.of("DeletionPolicy", "RetainExceptOnCreate", "UpdateReplacePolicy",
                "Retain",
                "Properties", Match.objectLike(Map.of(
                        "BucketName", name,
                        "VersioningConfiguration", Map.of("Status", "Enabled"),
                        "ObjectLockEnabled", true,
                        "ObjectLockConfiguration", Map.of("ObjectLockEnabled", "Enabled", "Rule",
                                Map.of("DefaultRetention", Map.of("Mode", "GOVERNANCE", "Years", 10))),
                        "OwnershipControls", Map.of("Rules", List.of(Map.of("ObjectOwnership", "BucketOwnerEnforced"))),
                        "PublicAccessBlockConfiguration", Map.of("BlockPublicAcls", true, "BlockPublicPolicy", true,
                                "IgnorePublicAcls", true, "RestrictPublicBuckets", true)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CustomerKeys", "AuditLog"})
    void aBucketRefusesPlainHttpDeletesAndOverwrites(String id) {
        Map<String, Object> bucket = Map.of("Fn::GetAtt", List.of(Match.stringLikeRegexp(id + "Bucket.*"), "Arn"));
        Map<String, Object> objects = Map.of("Fn::Join", List.of("", List.of(bucket, "/*")));
        template.hasResource("AWS::S3::BucketPolicy",
                Map.of("DeletionPolicy", "RetainExceptOnCreate", "UpdateReplacePolicy", "Retain",
                        "Properties", Map.of(
                                "Bucket", Map.of("Ref", Match.stringLikeRegexp(id + "Bucket.*")),
                                "PolicyDocument", Match.objectLike(Map.of("Statement", List.of(
                                        denied("TlsOnly", "s3:*", List.of(bucket, objects),
                                                Map.of("Bool", Map.of("aws:SecureTransport", "false"))),
                                        Map.of("Sid", "NoDelete", "Effect", "Deny", "Principal", Map.of("AWS", "*"),
                                                "Action", "s3:DeleteObject", "Resource", objects),
                                        denied("PutOnce", "s3:PutObject", objects,
                                                Map.of("Null", Map.of("s3:if-none-match", "true")))))))));
    }

    @Test
    void theLocksAreInTheConfiguredMode() {
        var production = new DataStack(new Stack(new App()), new Configuration(false, "t3.small", HsmType.proteccio,
                Optional.empty(), List.of(), ObjectLockMode.COMPLIANCE, "192.0.2.0/24", false, List.of(), true, "acme",
                100, 200, false));
        Template.fromStack(production)
            .resourcePropertiesCountIs("AWS::S3::Bucket", Map.of("ObjectLockConfiguration",
                    Map.of("ObjectLockEnabled", "Enabled", "Rule",
                            Map.of("DefaultRetention", Map.of("Mode", "COMPLIANCE", "Years", 10)))),
                    2);
    }

    @Test
    void thereIsNoOtherBucket() {
        template.resourceCountIs("AWS::S3::Bucket", 2);
        template.resourceCountIs("AWS::S3::BucketPolicy", 2);
    }

    @Test
    void whatIsThereAlreadyIsUsedAndNotMade() {
        var adopted = Synthesis.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false, true));
        for (String kind : List.of("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table")) {
            adopted.template("data").resourceCountIs(kind, 0);
        }
        assertThat(adopted.template("cluster").toJSON().toString()).contains(":s3:::acme-sovereign-keys-ekt/*",
                ":s3:::acme-sovereign-keys-audit-logs/*", ":table/dyndb-sovereign-keys-vpc-infos");
    }

    private static Map<String, Object> denied(String sid, String action, Object resource,
            Map<String, Object> condition) {
        return Map.of("Sid", sid, "Effect", "Deny", "Principal", Map.of("AWS", "*"), "Action", action, "Resource",
                resource,
                "Condition", condition);
    }
}
