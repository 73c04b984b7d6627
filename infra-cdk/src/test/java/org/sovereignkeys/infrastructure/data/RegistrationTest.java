/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.data;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.infrastructure.Synthesis;

import static org.assertj.core.api.Assertions.assertThat;

/** What stacks write into the customers' table. */
class RegistrationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theServicesOwnVpcHasNoMemberButTheMark() throws JsonProcessingException {
        var parameters = call("network", "Create").get("parameters");
        assertThat(parameters.at("/Key/VPCID/S").asText()).startsWith("{'Ref':'Vpc");
        assertThat(parameters.get("UpdateExpression").asText()).isEqualTo("SET RegisteredBy = :RegisteredBy");
    }

    @Test
    void theCustomerForTryingHasWhatItsTemplateMade() throws JsonProcessingException {
        var parameters = call("customer", "Create").get("parameters");
        assertThat(parameters.at("/Key/VPCID/S").asText()).startsWith("{'Ref':'Vpc");
        assertThat(parameters.get("UpdateExpression").asText()).isEqualTo("SET AuditBucketName = :AuditBucketName, "
                + "ExternalId = :ExternalId, RegisteredBy = :RegisteredBy, RemoteRoleARN = :RemoteRoleARN");
        var values = parameters.get("ExpressionAttributeValues");
        assertThat(values.at("/:AuditBucketName/S").asText()).isEqualTo("acme-sovereign-keys-customer-audit-logs");
        assertThat(values.at("/:RemoteRoleARN/S").asText()).isEqualTo("{'Fn::GetAtt':['Role','Arn']}");
        assertThat(values.at("/:ExternalId/S").asText())
            .isEqualTo("{'Fn::Select':[2,{'Fn::Split':['/',{'Ref':'AWS::StackId'}]}]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "customer"})
    void writingAgainIsTheSameAndChangesNothingOfOthers(String stack) throws JsonProcessingException {
        var create = call(stack, "Create");
        assertThat(create.get("action").asText()).isEqualTo("updateItem");
        assertThat(create.at("/parameters/ConditionExpression").asText())
            .isEqualTo("attribute_not_exists(VPCID) OR RegisteredBy = :RegisteredBy");
        assertThat(create.has("ignoreErrorCodesMatching")).isFalse();
        assertThat(isMarkedAsThisStacks(create)).isTrue();
        assertThat(call(stack, "Update")).isEqualTo(create);
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "customer"})
    void onlyWhatTheStackWroteIsRemoved(String stack) throws JsonProcessingException {
        var delete = call(stack, "Delete");
        assertThat(delete.get("action").asText()).isEqualTo("deleteItem");
        assertThat(delete.at("/parameters/Key")).isEqualTo(call(stack, "Create").at("/parameters/Key"));
        assertThat(delete.at("/parameters/ConditionExpression").asText()).isEqualTo("RegisteredBy = :RegisteredBy");
        assertThat(delete.get("ignoreErrorCodesMatching").asText()).isEqualTo("ConditionalCheckFailedException");
        assertThat(isMarkedAsThisStacks(delete)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "customer"})
    void theFunctionMayWriteThisOneItemAlone(String stack) {
        var policies = Synthesis.usual()
            .template(stack)
            .findResources("AWS::IAM::Policy")
            .values()
            .stream()
            .map(policy -> JSON.<JsonNode>valueToTree(policy).at("/Properties/PolicyDocument/Statement"))
            .filter(statements -> statements.toString().contains("dynamodb:"))
            .toList();
        assertThat(policies).singleElement().satisfies(statements -> {
            assertThat(statements).hasSize(1);
            assertThat(statements.at("/0/Condition").toString())
                .startsWith("{\"ForAllValues:StringEquals\":{\"dynamodb:LeadingKeys\":[{\"Ref\":\"Vpc");
        });
    }

    private static boolean isMarkedAsThisStacks(JsonNode call) {
        return call.at("/parameters/ExpressionAttributeValues/:RegisteredBy/S")
            .asText()
            .equals("{'Ref':'AWS::StackId'}");
    }

    /** With references as texts, in single quotes. */
    private static JsonNode call(String stack, String event) throws JsonProcessingException {
        Map<String, Map<String, Object>> resources = Synthesis.usual().template(stack).findResources("Custom::AWS");
        List<Map<String, Object>> registrations = List.copyOf(resources.values());
        assertThat(registrations).hasSize(1);
        var call = new StringBuilder();
        JSON.<JsonNode>valueToTree(registrations.getFirst())
            .at("/Properties/" + event + "/Fn::Join/1")
            .forEach(part -> call.append(part.isTextual() ? part.asText() : part.toString().replace('"', '\'')));
        return JSON.readTree(call.toString());
    }
}
