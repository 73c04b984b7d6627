/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.api;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

class ApiStackTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Synthesis.Case OFF = new Synthesis.Case("eu-west-3", HsmType.proteccio, false, false);

    private final Template template = Synthesis.usual().template("api");
    private final JsonNode body = bodyOf(template);

    @Test
    void theApiHasTheCallsOfTheContractAndNoOthers() {
        var calls = new TreeSet<String>();
        body.get("paths")
            .properties()
            .forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> calls.add(method + ' ' + path.getKey())));
        assertThat(calls).containsExactly("get /public-signing-key", "post /encryption/{InstanceId}/convert-secret",
                "post /encryption/{InstanceId}/decrypt-secret", "post /encryption/{InstanceId}/generate-secret");
    }

    @Test
    void theApiIsPrivateAndForVpcsOnly() {
        template.hasResourceProperties("AWS::ApiGateway::RestApi", Map.of(
                "EndpointConfiguration", Map.of("Types", List.of("PRIVATE")),
                "Policy", Match.objectLike(Map.of("Statement", List.of(
                        Match.objectLike(Map.of("Effect", "Allow", "Resource", "execute-api:/v1/*")),
                        Match.objectLike(Map.of("Effect", "Deny", "Resource", "execute-api:/v1/*", "Condition",
                                Map.of("Null", Map.of("aws:SourceVpc", "true")))))))));
    }

    @Test
    void thereIsNoMethodWithoutTheAuthorizer() {
        assertThat(operations(body)).hasSize(4)
            .allSatisfy(operation -> assertThat(operation.get("security").toString()).isEqualTo("[{\"instance\":[]}]"));
        template.resourceCountIs("AWS::ApiGateway::Method", 0);
    }

    @Test
    void theAuthorizerIsAskedForEachCallAnew() {
        var authorizer = body.at("/components/securitySchemes/instance/x-amazon-apigateway-authorizer");
        assertThat(authorizer.get("type").asText()).isEqualTo("request");
        assertThat(authorizer.get("authorizerResultTtlInSeconds").asInt(-1)).isZero();
        assertThat(authorizer.get("identitySource").asText()).isEqualTo("method.request.header.Authorization");
        assertThat(authorizer.get("authorizerUri").toString()).contains("AuthorizerFunctionCurrentVersion");
    }

    @Test
    void whoCallsIsMappedFromTheRequestsContextAlone() {
        assertThat(operations(body)).allSatisfy(operation -> {
            var headers = new TreeMap<String, String>();
            operation.at("/x-amazon-apigateway-integration/requestParameters").properties().forEach(mapping -> {
                if (mapping.getKey().startsWith("integration.request.header.")) {
                    headers.put(mapping.getKey().substring("integration.request.header.".length()),
                            mapping.getValue().asText());
                }
            });
            assertThat(headers).isEqualTo(Map.of(
                    "x-amzn-vpc-id", "context.identity.vpcId",
                    "X-Forwarded-For", "context.identity.sourceIp",
                    "x-sovereign-keys-request-id", "context.requestId",
                    "x-sovereign-keys-elapsed-ms", "context.authorizer.elapsed_ms"));
        });
    }

    @Test
    void callsGoToTheNodesByTheVpcLink() {
        assertThat(operations(body)).allSatisfy(operation -> {
            var integration = operation.get("x-amazon-apigateway-integration");
            assertThat(integration.get("type").asText()).isEqualTo("http_proxy");
            assertThat(integration.get("connectionType").asText()).isEqualTo("VPC_LINK");
            assertThat(integration.get("connectionId").asText()).isEqualTo("${stageVariables.vpcLink}");
        });
        assertThat(
                body.at("/paths/~1encryption~1{InstanceId}~1generate-secret/post/x-amazon-apigateway-integration/uri")
                    .asText())
            .isEqualTo("http://${stageVariables.balancer}:8080/v1/encryption/{InstanceId}/generate-secret");
    }

    /** A deployment is a copy, which would keep a link from being removed, and its own way to a balancer that is gone. */
    @Test
    void theLinkAndTheBalancerAreTheStagesAndNotTheDeployments() {
        template.hasResourceProperties("AWS::ApiGateway::Stage", Map.of("Variables", Map.of("vpcLink",
                Map.of("Ref", "VpcLink"), "balancer", Map.of("Ref", Match.stringLikeRegexp(".*Balancer.*DNSName")))));
        assertThat(body.toString()).doesNotContain("VpcLink\"", "DNSName");
    }

    /** Of any other key of an OpenAPI document, whether the gateway takes it without a warning is not known; a warning stops the import. */
    @Test
    void answersAreNamedByTheirStatus() {
        assertThat(operations(body)).allSatisfy(operation -> assertThat(operation.get("responses").fieldNames())
            .toIterable()
            .containsExactly("200"));
    }

    @Test
    void bodiesAreNotValidated() {
        assertThat(body.toString()).doesNotContain("request-validator").doesNotContain("schemas");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR", "INTEGRATION_FAILURE",
        "INTEGRATION_TIMEOUT"})
    void whatPassesIs503WithRetryAfter(String failure) {
        var response = body.at("/x-amazon-apigateway-gateway-responses/" + failure);
        assertThat(response.get("statusCode").asInt()).isEqualTo(503);
        assertThat(response.at("/responseParameters/gatewayresponse.header.Retry-After").asText()).isEqualTo("'5'");
        assertIsProblem(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEFAULT_4XX", "DEFAULT_5XX"})
    void otherErrorsAreProblemsWithTheirOwnStatus(String failure) {
        var response = body.at("/x-amazon-apigateway-gateway-responses/" + failure);
        assertThat(response.has("statusCode")).isFalse();
        assertIsProblem(response);
    }

    @Test
    void theAuthorizerIsAPublishedSnapshotOfOurHandler() {
        template.hasResourceProperties("AWS::Lambda::Function", Map.of("Runtime", "java25", "Timeout", 10,
                "SnapStart", Map.of("ApplyOn", "PublishedVersions"),
                "Handler", "org.sovereignkeys.authorizer.lambda.AuthorizerHandler"));
        template.resourceCountIs("AWS::Lambda::Version", 1);
        assertThat(Path.of("../auth-lambda/src/main/java/org/sovereignkeys/authorizer/lambda/AuthorizerHandler.java"))
            .satisfies(handler -> assertThat(Files.exists(handler)).isTrue());
    }

    /** Lambda takes the snapshot away from a version that nobody calls for 14 days. */
    @Test
    void theSnapshotIsKeptByACallADayThatIsRefused() {
        Map<String, Object> version = Map.of("Ref", Match.stringLikeRegexp("AuthorizerFunctionCurrentVersion.*"));
        template
            .hasResourceProperties("AWS::Events::Rule", Map.of("ScheduleExpression", "rate(1 day)", "State", "ENABLED",
                    "Targets",
                    List.of(Match.objectLike(Map.of("Arn", version, "Input", "{\"methodArn\":\"keep-the-snapshot\"}",
                            "RetryPolicy", Map.of("MaximumRetryAttempts", 0))))));
        template.hasResourceProperties("AWS::Lambda::EventInvokeConfig",
                Map.of("MaximumRetryAttempts", 0, "Qualifier", Match.anyValue()));
        template.hasResourceProperties("AWS::Lambda::Permission", Map.of("Principal", "events.amazonaws.com",
                "FunctionName", version, "SourceArn",
                Map.of("Fn::GetAtt", List.of(Match.stringLikeRegexp("Authorizer.*"), "Arn"))));
    }

    @Test
    void onlyThisApisAuthorizersAndThatRuleCallIt() {
        template.hasResourceProperties("AWS::Lambda::Permission", Map.of("Principal", "apigateway.amazonaws.com",
                "SourceArn",
                Map.of("Fn::Join", List.of("", Match.arrayWith(List.of(Map.of("Ref", "Api"), "/authorizers/*"))))));
        template.resourceCountIs("AWS::Lambda::Permission", 2);
    }

    @Test
    void theStageIsThrottledAndLogsNoBodies() {
        template.hasResourceProperties("AWS::ApiGateway::Stage", Map.of("StageName", "v1",
                "AccessLogSetting", Match.objectLike(Map.of("Format", Match.stringLikeRegexp(".*vpc_id.*"))),
                "MethodSettings", List.of(Match.objectLike(Map.of("HttpMethod", "*", "ResourcePath", "/*",
                        "DataTraceEnabled", false, "ThrottlingRateLimit", 100, "ThrottlingBurstLimit", 200)))));
    }

    @Test
    void anotherDefinitionMakesAnotherDeployment() {
        var off = Synthesis.of(OFF).template("api");
        assertThat(off.findResources("AWS::ApiGateway::Deployment").keySet())
            .doesNotContainAnyElementsOf(template.findResources("AWS::ApiGateway::Deployment").keySet());
    }

    @Test
    void anotherAuthorizerMakesAnotherDeploymentAndAnotherNetworkDoesNot() {
        assertThat(deployments(Synthesis.apiWithAnotherAuthorizer())).hasSize(1)
            .doesNotContainAnyElementsOf(deployments(template));
        var withNat = new Synthesis.Case("eu-west-3", HsmType.proteccio, true, true);
        assertThat(deployments(Synthesis.of(withNat).template("api"))).isEqualTo(deployments(template));
    }

    @Test
    void withoutNodesEachCallIs503BehindTheAuthorizer() {
        var off = Synthesis.of(OFF).template("api");
        off.resourceCountIs("AWS::ApiGateway::VpcLink", 0);
        assertThat(operations(bodyOf(off))).hasSize(4).allSatisfy(operation -> {
            assertThat(operation.get("security").toString()).isEqualTo("[{\"instance\":[]}]");
            var answer = operation.at("/x-amazon-apigateway-integration/responses/default");
            assertThat(answer.get("statusCode").asText()).isEqualTo("503");
            assertThat(answer.at("/responseParameters/method.response.header.Retry-After").asText()).isEqualTo("'5'");
        });
    }

    @Test
    void theGatewaysOwnLogEnds() {
        template.hasResourceProperties("AWS::Logs::LogGroup", Map.of("LogGroupName",
                Map.of("Fn::Join", List.of("", List.of("API-Gateway-Execution-Logs_", Map.of("Ref", "Api"), "/v1"))),
                "RetentionInDays", 365));
    }

    @Test
    void whatTheGatewaysOfTheWholeAccountLogBySurvivesTheStack() {
        template.hasResource("AWS::ApiGateway::Account", Map.of("DeletionPolicy", "Retain"));
        template.hasResource("AWS::IAM::Role", Map.of("DeletionPolicy", "Retain", "Properties", Match.objectLike(
                Map.of("AssumeRolePolicyDocument", Match.objectLike(Map.of("Statement", List.of(Match.objectLike(
                        Map.of("Principal", Map.of("Service", "apigateway.amazonaws.com"))))))))));
    }

    /** In an account without any API, API Gateway takes no role. */
    @Test
    void theAccountHasAnApiBeforeItIsToldARole() {
        template.hasResource("AWS::ApiGateway::Account", Map.of("DependsOn", Match.arrayWith(List.of("Api"))));
    }

    private static Set<String> deployments(Template api) {
        return api.findResources("AWS::ApiGateway::Deployment").keySet();
    }

    private static void assertIsProblem(JsonNode response) {
        assertThat(response.at("/responseParameters/gatewayresponse.header.Content-Type").asText())
            .isEqualTo("'application/problem+json'");
        assertThat(response.at("/responseTemplates/application~1json").asText())
            .contains("\"message\":$context.error.messageString")
            .contains("\"detail\":$context.error.messageString");
    }

    private static JsonNode bodyOf(Template template) {
        var api = template.findResources("AWS::ApiGateway::RestApi").get("Api");
        return JSON.valueToTree(api).at("/Properties/Body");
    }

    private static List<JsonNode> operations(JsonNode body) {
        List<JsonNode> operations = new ArrayList<>();
        body.get("paths").forEach(path -> path.forEach(operations::add));
        return operations;
    }
}
