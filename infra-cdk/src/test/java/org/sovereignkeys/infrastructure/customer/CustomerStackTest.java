/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.customer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

import org.sovereignkeys.infrastructure.Synthesis;
import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;

class CustomerStackTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BUCKET = "acme-sovereign-keys-customer-audit-logs";
    private static final int MOST_USER_DATA = 16 * 1024;

    private final Template template = Synthesis.usual().template("customer");

    @Test
    void thereAreTwoPublicSubnetsAndNoNat() {
        for (int i = 1; i <= 2; i++) {
            template.hasResourceProperties("AWS::EC2::Subnet", Map.of("MapPublicIpOnLaunch", true, "Tags",
                    Match.arrayWith(List.of(
                            Map.of("Key", "Name", "Value", "subnet-sovereign-keys-test-customer-public-" + i)))));
        }
        template.resourceCountIs("AWS::EC2::Subnet", 2);
        template.resourceCountIs("AWS::EC2::NatGateway", 0);
    }

    @Test
    void theInstanceHasAVolumeToEncryptAndWantsTokensForItsMetadata() {
        template.hasResourceProperties("AWS::EC2::Instance", Map.of(
                "MetadataOptions", Match.objectLike(Map.of("HttpTokens", "required")),
                "KeyName", Match.absent(),
                "BlockDeviceMappings",
                List.of(Map.of("DeviceName", "/dev/xvda", "Ebs", Map.of("Encrypted", true, "VolumeSize", 16)),
                        Map.of("DeviceName", "/dev/sdf", "Ebs", Map.of("Encrypted", true, "VolumeSize", 5)))));
    }

    @Test
    void nothingComesInToTheInstance() {
        template.hasResourceProperties("AWS::EC2::SecurityGroup", Map.of("GroupDescription",
                Match.stringLikeRegexp("Test instance.*"), "SecurityGroupIngress", Match.absent()));
        template.resourceCountIs("AWS::EC2::SecurityGroupIngress", 0);
    }

    @Test
    void theScriptsFitIntoTheUserData() throws IOException {
        String userData = userData();
        assertThat(userData.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MOST_USER_DATA - 1024);
        assertThat(userData).startsWith("#!/bin/bash\n")
            .contains("cat >functional-testing.sh <<", Files.readString(Path.of("../utils/functional-testing.sh")))
            .contains("cat >install-sk-agent.sh <<", "prefix=agent/linux/", "dnf --assumeyes --quiet install jq")
            .contains("bucket='{\"Fn::ImportValue\":\"sovereign-keys:S3ArtifactBucketName\"}'");
    }

    /** Of the files' paths, those of the instance's user are taken for a folder here. */
    @Test
    void theUserDataLeavesTheScriptsAsTheyAre() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of("target", "user-data").toAbsolutePath());
        String script = userData().replace("cd /home/ec2-user", "cd '" + folder + "'; dnf() { :; }; runuser() { :; }");
        var process = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("functional-testing.sh")).isExecutable()
            .hasSameTextualContentAs(Path.of("../utils/functional-testing.sh"));
        assertThat(folder.resolve("install-sk-agent.sh")).isExecutable();
    }

    @Test
    void theInstancesRoleReadsTheAgentsPackagesAlone() {
        List<String> rights = new ArrayList<>();
        resource("TestInstanceRoleDefaultPolicy").at("/Properties/PolicyDocument/Statement").forEach(statement -> {
            if (statement.get("Action").asText().startsWith("s3:")) {
                rights.add(statement.get("Action").asText() + statement.at("/Resource/Fn::Join/1/4").asText()
                        + statement.path("Condition"));
            }
        });
        assertThat(rights).containsExactly("s3:GetObject/agent/linux/*",
                "s3:ListBucket{\"StringLike\":{\"s3:prefix\":\"agent/linux/*\"}}");
        template.hasResourceProperties("AWS::IAM::InstanceProfile",
                Map.of("InstanceProfileName", "role-sovereign-keys-test-customer-instance"));
    }

    @Test
    void theTestInstanceStartsWhenThereIsAWayToTheInternet() {
        assertThat(template.findResources("AWS::EC2::Instance").values()).singleElement()
            .extracting(instance -> String.valueOf(instance.get("DependsOn")))
            .asString()
            .contains("DefaultRoute");
    }

    @Test
    void theCustomersRoleTrustsOurTwoRolesWithTheExternalIdThatIsRegistered() {
        var statements = resource("Role").at("/Properties/AssumeRolePolicyDocument/Statement");
        assertThat(statements).hasSize(1);
        assertThat(statements.at("/0/Principal/AWS")).hasSize(2)
            .extracting(principal -> principal.at("/Fn::Sub/0").asText())
            .containsExactly(
                    "arn:${AWS::Partition}:iam::${ServiceAccountId}:role/role-sovereign-keys-authorizer-${ServiceRegion}",
                    "arn:${AWS::Partition}:iam::${ServiceAccountId}:role/role-sovereign-keys-node-${ServiceRegion}");
        assertThat(statements.at("/0/Condition/StringEquals/sts:ExternalId").toString())
            .isEqualTo("{\"Fn::Select\":[2,{\"Fn::Split\":[\"/\",{\"Ref\":\"AWS::StackId\"}]}]}");
    }

    @Test
    void theCustomersRoleIsWhereOursMayAssumeIt() {
        assertThat(resource("Role").at("/Properties/Path").asText()).isEqualTo("/sovereign-keys-customer/");
    }

    @Test
    void ourRolesAreThereBeforeTheCustomersTrustsThem() {
        var main = JSON.<JsonNode>valueToTree(Synthesis.usual().template("cfn-sovereign-keys-mainstack").toJSON());
        List<String> before = new ArrayList<>();
        main.get("Resources").properties().forEach(resource -> {
            if (resource.getKey().startsWith("customerNestedStack")) {
                resource.getValue().get("DependsOn").forEach(other -> before.add(other.asText()));
            }
        });
        assertThat(before).anyMatch(other -> other.startsWith("clusterNestedStack"))
            .anyMatch(other -> other.startsWith("apiNestedStack"));
    }

    @Test
    void theBucketIsLockedAsConfiguredAndKept() {
        template.hasResource("AWS::S3::Bucket", Map.of("DeletionPolicy", "RetainExceptOnCreate", "Properties",
                Match.objectLike(Map.of("BucketName", BUCKET, "ObjectLockConfiguration", Map.of("ObjectLockEnabled",
                        "Enabled", "Rule", Map.of("DefaultRetention", Map.of("Mode", "GOVERNANCE", "Years", 10)))))));
    }

    @Test
    void aBucketThatIsThereAlreadyIsUsedAndNotMade() {
        var adopted = Synthesis.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false, true))
            .template("customer");
        adopted.resourceCountIs("AWS::S3::Bucket", 0);
        adopted.resourceCountIs("AWS::S3::BucketPolicy", 0);
        adopted.hasOutput("AuditBucketName", Map.of("Value", BUCKET));
        assertThat(JSON.valueToTree(adopted.toJSON()).toString()).doesNotContain("AuditBucket.Arn")
            .contains(":s3:::" + BUCKET + "/*");
    }

    @Test
    void theEndpointIsInOneZone() {
        template.hasResourceProperties("AWS::EC2::VPCEndpoint",
                Map.of("VpcEndpointType", "Interface", "SubnetIds",
                        List.of(Map.of("Ref", Match.stringLikeRegexp("VpcpublicSubnet1.*")))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AWS::EC2::Instance", "AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup"})
    void toggledOffNothingIsLeftThatCostsByTheHour(String kind) {
        var off = Synthesis.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, false, false)).template("customer");
        off.resourceCountIs(kind, 0);
        off.resourceCountIs("Custom::AWS", 1);
    }

    private String userData() {
        var text = new StringBuilder();
        template.findResources("AWS::EC2::Instance")
            .values()
            .forEach(instance -> JSON.<JsonNode>valueToTree(instance)
                .at("/Properties/UserData/Fn::Base64/Fn::Join/1")
                .forEach(part -> text.append(part.isTextual() ? part.asText() : part.toString())));
        return text.toString();
    }

    private JsonNode resource(String idBegins) {
        return JSON.<JsonNode>valueToTree(template.toJSON())
            .get("Resources")
            .properties()
            .stream()
            .filter(resource -> resource.getKey().startsWith(idBegins))
            .findFirst()
            .orElseThrow()
            .getValue();
    }
}
