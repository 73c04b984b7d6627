/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;

/** All policies of identities, over all stacks, in each form that these take. */
class PermissionsTest {
    /** AWS gives these for all resources or none. */
    private static final Set<String> FOR_ALL_OR_NONE = Set.of("autoscaling:DescribeAutoScalingGroups",
            "cloudformation:ListExports", "cloudhsm:DescribeClusters", "cloudwatch:PutMetricData",
            "ec2:DescribeInstances",
            "elasticloadbalancing:DescribeTargetHealth", "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel");

    static Stream<Synthesis.Case> forms() {
        return Stream.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false),
                new Synthesis.Case("eu-west-3", HsmType.proteccio, true, true),
                new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false, true),
                new Synthesis.Case("eu-west-3", HsmType.proteccio, false, false),
                new Synthesis.Case("eu-west-3", HsmType.cloudhsm, true, false));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void rolesAreAssumedUnderOurSessionNameOnly(Synthesis.Case form) {
        assertThat(assumptions(form)).hasSize(4)
            .allSatisfy(statement -> assertThat(statement.at("/Condition/StringEquals/sts:RoleSessionName").asText())
                .isEqualTo("SovereignKeyApi"));
    }

    /** Some trust the whole account, as those of the CDK's bootstrap do, and would make an administrator of whoever may. */
    @ParameterizedTest
    @MethodSource("forms")
    void ofOurAccountOnlyRolesOfCustomersAreAssumed(Synthesis.Case form) {
        String own = "{\"Ref\":\"AWS::AccountId\"}";
        assertThat(assumptions(form)).filteredOn(statement -> statement.get("Resource").toString().contains("iam::*:"))
            .hasSize(2)
            .allSatisfy(statement -> assertThat(
                    statement.at("/Condition/StringNotEquals/aws:ResourceAccount").toString())
                .isEqualTo(own))
            .allSatisfy(statement -> assertThat(statement.at("/Condition/Null/aws:ResourceAccount").asText())
                .isEqualTo("false"));
        assertThat(assumptions(form)).filteredOn(statement -> !statement.get("Resource").toString().contains("iam::*:"))
            .hasSize(2)
            .allSatisfy(statement -> assertThat(statement.at("/Resource/Fn::Join/1").toString())
                .endsWith(":iam::\"," + own + ",\":role/sovereign-keys-customer/*\"]"));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void noActionIsAWildcard(Synthesis.Case form) {
        assertThat(statements(form)).isNotEmpty()
            .allSatisfy(statement -> assertThat(actions(statement)).noneMatch(action -> action.contains("*")));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void allResourcesAreGivenWhereThereIsNoOtherWay(Synthesis.Case form) {
        assertThat(
                statements(form).stream().filter(statement -> statement.get("Resource").toString().contains("\"*\"")))
            .isNotEmpty()
            .allSatisfy(statement -> assertThat(FOR_ALL_OR_NONE).containsAll(actions(statement)));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void nodesSeeWhatIsMissingInTheirBuckets(Synthesis.Case form) {
        assertThat(statements(form).stream().filter(statement -> actions(statement).contains("s3:ListBucketVersions")))
            .hasSize(2)
            .allSatisfy(statement -> assertThat(actions(statement)).contains("s3:ListBucket"));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void nobodyMayDeleteObjectsOrPassLocks(Synthesis.Case form) {
        assertThat(statements(form)).allSatisfy(statement -> assertThat(actions(statement))
            .noneMatch(action -> action.matches("s3:(Delete.*|Bypass.*|PutObjectRetention|PutBucket.*)")));
    }

    private static List<JsonNode> assumptions(Synthesis.Case form) {
        return statements(form).stream().filter(statement -> actions(statement).contains("sts:AssumeRole")).toList();
    }

    private static List<JsonNode> statements(Synthesis.Case form) {
        List<JsonNode> statements = new ArrayList<>();
        try {
            for (Path file : Synthesis.of(form).files()) {
                for (JsonNode resource : new ObjectMapper().readTree(file.toFile()).get("Resources")) {
                    if (resource.get("Type").asText().equals("AWS::IAM::Policy")) {
                        resource.at("/Properties/PolicyDocument/Statement").forEach(statements::add);
                    }
                    resource.at("/Properties/Policies")
                        .forEach(policy -> policy.at("/PolicyDocument/Statement").forEach(statements::add));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return statements;
    }

    private static List<String> actions(JsonNode statement) {
        var actions = statement.get("Action");
        List<String> names = new ArrayList<>();
        if (actions.isArray()) {
            actions.forEach(action -> names.add(action.asText()));
        } else {
            names.add(actions.asText());
        }
        return names;
    }
}
