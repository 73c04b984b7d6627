/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.customer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.infrastructure.CfnLint;
import org.sovereignkeys.infrastructure.Synthesis;
import org.sovereignkeys.infrastructure.permission.CustomerRoles;

import static org.assertj.core.api.Assertions.assertThat;

/** The template that customers deploy in their accounts. */
class CustomerTemplateTest {
    private static final Path FILE = Path.of("customer", "customer-template.yml");

    private final JsonNode template = read();

    @Test
    void cfnLintFindsNothing() throws Exception {
        assertThat(CfnLint.findings(List.of(FILE))).isEmpty();
    }

    @Test
    void theRoleTrustsOurTwoRolesAloneWithExternalIdAndSessionName() {
        var statements = template.at("/Resources/Role/Properties/AssumeRolePolicyDocument/Statement");
        assertThat(statements).hasSize(1);
        assertThat(statements.at("/0/Principal").toString()).isEqualTo("{\"AWS\":["
                + "{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::${ServiceAccountId}:role/role-sovereign-keys-authorizer-${ServiceRegion}\"},"
                + "{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::${ServiceAccountId}:role/role-sovereign-keys-node-${ServiceRegion}\"}]}");
        assertThat(statements.at("/0/Condition").toString()).isEqualTo("{\"StringEquals\":"
                + "{\"sts:ExternalId\":{\"Ref\":\"ExternalId\"},\"sts:RoleSessionName\":\"SovereignKeyApi\"}}");
    }

    /** Of the service's own account, its two roles may assume none but those; in another, a path would make another role. */
    @Test
    void inTheServicesAccountTheRoleIsWhereItMayBeAssumed() {
        assertThat(template.at("/Conditions/InServiceAccount").toString())
            .isEqualTo("{\"Fn::Equals\":[{\"Ref\":\"AWS::AccountId\"},{\"Ref\":\"ServiceAccountId\"}]}");
        assertThat(template.at("/Resources/Role/Properties/Path").toString()).isEqualTo("{\"Fn::If\":"
                + "[\"InServiceAccount\",\"" + CustomerRoles.PATH_IN_OWN_ACCOUNT + "\",{\"Ref\":\"AWS::NoValue\"}]}");
        assertThat(template.at("/Resources/Role/Properties").has("RoleName")).isFalse();
    }

    @Test
    void theServicesRolesHaveTheseNames() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path file : Synthesis.usual().files()) {
            for (JsonNode resource : new ObjectMapper().readTree(file.toFile()).get("Resources")) {
                if (resource.get("Type").asText().equals("AWS::IAM::Role")) {
                    names.add(resource.at("/Properties/RoleName").toString());
                }
            }
        }
        for (String service : List.of("authorizer", "node")) {
            assertThat(names)
                .contains("{\"Fn::Join\":[\"\",[\"role-sovereign-keys-" + service + "-\",{\"Ref\":\"AWS::Region\"}]]}");
        }
    }

    @Test
    void theRoleMayDescribeInstancesAndPutCopies() {
        List<String> rights = new ArrayList<>();
        template.at("/Resources/Role/Properties/Policies")
            .forEach(policy -> policy.at("/PolicyDocument/Statement")
                .forEach(statement -> rights.add(statement.get("Action").asText() + ' ' + statement.get("Resource"))));
        assertThat(rights).containsExactly("ec2:DescribeInstances \"*\"",
                "s3:PutObject {\"Fn::Sub\":\"${AuditBucket.Arn}/*\"}");
    }

    @Test
    void theBucketIsLockedAndRefusesWhatOursRefuse() {
        var bucket = template.at("/Resources/AuditBucket");
        var ours = resourceOfOurs("AuditLogBucket");
        for (String kept : List.of("AuditBucket", "AuditBucketPolicy")) {
            assertThat(template.at("/Resources/" + kept + "/DeletionPolicy").asText())
                .isEqualTo("RetainExceptOnCreate");
            assertThat(template.at("/Resources/" + kept + "/UpdateReplacePolicy").asText()).isEqualTo("Retain");
        }
        for (String property : List.of("VersioningConfiguration", "ObjectLockEnabled", "OwnershipControls",
                "PublicAccessBlockConfiguration", "BucketEncryption")) {
            assertThat(bucket.get("Properties").get(property)).isEqualTo(ours.get("Properties").get(property));
        }
        assertThat(bucket.at("/Properties/ObjectLockConfiguration/Rule/DefaultRetention/Years").asInt()).isEqualTo(10);
        assertThat(denials(template.at("/Resources/AuditBucketPolicy")))
            .isEqualTo(denials(resourceOfOurs("AuditLogPolicy")))
            .hasSize(3);
    }

    @Test
    void theEndpointIsThatOfTheApi() {
        var endpoint = template.at("/Resources/Endpoint/Properties");
        assertThat(endpoint.at("/ServiceName/Fn::Sub").asText())
            .isEqualTo("com.amazonaws.${ServiceRegion}.execute-api");
        assertThat(endpoint.get("PrivateDnsEnabled").asBoolean()).isTrue();
    }

    private static List<String> denials(JsonNode policy) {
        List<String> denials = new ArrayList<>();
        policy.at("/Properties/PolicyDocument/Statement")
            .forEach(statement -> denials.add(statement.get("Effect") + " " + statement.get("Principal") + ' '
                    + statement.get("Action") + ' ' + statement.path("Condition")));
        return denials;
    }

    private static JsonNode resourceOfOurs(String idBegins) {
        JsonNode resources = new ObjectMapper().valueToTree(Synthesis.usual().template("data").toJSON())
            .get("Resources");
        return resources.properties()
            .stream()
            .filter(resource -> resource.getKey().startsWith(idBegins))
            .findFirst()
            .orElseThrow()
            .getValue();
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(FILE.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
