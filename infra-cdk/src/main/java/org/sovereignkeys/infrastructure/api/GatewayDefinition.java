/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.api;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The contract as API Gateway imports it: paths and methods of the contract, each with the authorizer and an integration. No
 * schemas: the gateway would refuse bodies that the service puts into the audit log as denied.
 */
final class GatewayDefinition {
    static final String ELAPSED_HEADER = "x-sovereign-keys-elapsed-ms";
    static final String REQUEST_ID_HEADER = "x-sovereign-keys-request-id";
    private static final String AUTHORIZER = "instance";
    private static final String NO_NODES = "Sovereign Keys has no nodes at the moment";
    private static final int RETRY_AFTER_SECONDS = 5;

    private static final String PROBLEM_TYPE = "'application/problem+json'";
    /** Whatever its status. Those of the gateway's own examples have numbers alone; what it warned of, it would not import. */
    private static final Map<String, Object> ANSWER_OF_NODE = Map.of("200", Map.of("description", "The node's answer"));
    private static final Map<String, Object> ANSWER_WITHOUT_NODES = Map.of("503",
            Map.of("description", "There are no nodes",
                    "headers", Map.of("Retry-After", Map.of("schema", Map.of("type", "string")), "Content-Type",
                            Map.of("schema", Map.of("type", "string")))));

    private final Contract contract;
    private final String authorizerUri;
    private final Optional<Forwarding> forwarding;

    /**
     * Where calls go.
     *
     * @param vpcLink its id, or a variable of the stage
     * @param url the nodes' API, without a slash at its end
     */
    record Forwarding(String vpcLink, String url) {}

    /** Without a forwarding each call is answered 503. */
    GatewayDefinition(Contract contract, String authorizerUri, Optional<Forwarding> forwarding) {
        this.contract = contract;
        this.authorizerUri = authorizerUri;
        this.forwarding = forwarding;
    }

    Map<String, Object> document() {
        return StableJson.sorted(Map.of("openapi", "3.0.1",
                "info", Map.of("title", "sovereign-keys", "version", "1"),
                "paths", paths(),
                "components", Map.of("securitySchemes", Map.of(AUTHORIZER, authorizer())),
                "x-amazon-apigateway-gateway-responses", gatewayResponses()));
    }

    private Map<String, Object> paths() {
        Map<String, Object> paths = new HashMap<>();
        contract.calls()
            .stream()
            .collect(Collectors.groupingBy(Contract.Call::path))
            .forEach((path, calls) -> paths.put(path,
                    calls.stream().collect(Collectors.toMap(Contract.Call::method, this::operation))));
        return paths;
    }

    private Map<String, Object> operation(Contract.Call call) {
        List<Map<String, Object>> parameters = call.pathParameters()
            .stream()
            .map(name -> Map.<String, Object>of("name", name, "in", "path", "required", true, "schema",
                    Map.of("type", "string")))
            .toList();
        return Map.of("parameters", parameters,
                "security", List.of(Map.of(AUTHORIZER, List.of())),
                "responses", forwarding.isPresent() ? ANSWER_OF_NODE : ANSWER_WITHOUT_NODES,
                "x-amazon-apigateway-integration",
                forwarding.map(to -> forward(call, to)).orElseGet(GatewayDefinition::unavailable));
    }

    /** What the caller sent under these names is replaced. */
    private static Map<String, Object> forward(Contract.Call call, Forwarding to) {
        Map<String, String> mapping = new HashMap<>(Map.of(
                "integration.request.header.x-amzn-vpc-id", "context.identity.vpcId",
                "integration.request.header.X-Forwarded-For", "context.identity.sourceIp",
                "integration.request.header." + REQUEST_ID_HEADER, "context.requestId",
                "integration.request.header." + ELAPSED_HEADER, "context.authorizer.elapsed_ms"));
        call.pathParameters()
            .forEach(name -> mapping.put("integration.request.path." + name, "method.request.path." + name));
        return Map.of("type", "http_proxy",
                "httpMethod", call.method().toUpperCase(Locale.ROOT),
                "uri", to.url() + "/v1" + call.path(),
                "connectionType", "VPC_LINK",
                "connectionId", to.vpcLink(),
                "passthroughBehavior", "when_no_match",
                "timeoutInMillis", 29_000,
                "requestParameters", mapping);
    }

    private static Map<String, Object> unavailable() {
        return Map.of("type", "mock",
                "passthroughBehavior", "when_no_match",
                "requestTemplates", Map.of("application/json", "{\"statusCode\": 503}"),
                "responses", Map.of("default", Map.of("statusCode", "503",
                        "responseParameters",
                        Map.of("method.response.header.Retry-After", "'" + RETRY_AFTER_SECONDS + "'",
                                "method.response.header.Content-Type", PROBLEM_TYPE),
                        "responseTemplates",
                        Map.of("application/json", "{\"detail\":\"" + NO_NODES + "\",\"message\":\""
                                + NO_NODES + "\"}"))));
    }

    private Map<String, Object> authorizer() {
        return Map.of("type", "apiKey",
                "name", "Authorization",
                "in", "header",
                "x-amazon-apigateway-authtype", "custom",
                "x-amazon-apigateway-authorizer", Map.of(
                        "type", "request",
                        "identitySource", "method.request.header.Authorization",
                        // The cache's key could not tell two VPCs with the same addresses apart.
                        "authorizerResultTtlInSeconds", 0,
                        "authorizerUri", authorizerUri));
    }

    private static Map<String, Object> gatewayResponses() {
        return Map.of(
                "DEFAULT_4XX", problem(Map.of()),
                "DEFAULT_5XX", problem(Map.of()),
                "AUTHORIZER_FAILURE", tryAgain(),
                "AUTHORIZER_CONFIGURATION_ERROR", tryAgain(),
                "INTEGRATION_FAILURE", tryAgain(),
                "INTEGRATION_TIMEOUT", tryAgain());
    }

    private static Map<String, Object> tryAgain() {
        return problem(Map.of("statusCode", 503, "responseParameters",
                Map.of("gatewayresponse.header.Retry-After", "'" + RETRY_AFTER_SECONDS + "'",
                        "gatewayresponse.header.Content-Type", PROBLEM_TYPE)));
    }

    private static Map<String, Object> problem(Map<String, Object> more) {
        Map<String, Object> response = new HashMap<>(Map.of(
                "responseParameters", Map.of("gatewayresponse.header.Content-Type", PROBLEM_TYPE),
                "responseTemplates", Map.of("application/json",
                        "{\"detail\":$context.error.messageString,\"message\":$context.error.messageString}")));
        response.putAll(more);
        return response;
    }
}
