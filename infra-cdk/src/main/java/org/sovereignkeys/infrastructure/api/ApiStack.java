/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.apigateway.CfnAccount;
import software.amazon.awscdk.services.apigateway.CfnDeployment;
import software.amazon.awscdk.services.apigateway.CfnRestApi;
import software.amazon.awscdk.services.apigateway.CfnStage;
import software.amazon.awscdk.services.apigateway.CfnVpcLink;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.ILogGroup;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.cluster.Balancer;
import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.review.Excuse;

/** The REST API, its stage, and the authorizer. Without the main resources it keeps its URL, and answers 503. */
public final class ApiStack extends NestedStack {
    public static final String NAME = "sovereign-keys";
    private static final String STAGE = "v1";
    /** By variables of the stage: a deployment, which is a copy, would hold on to a link and to a balancer that are gone. */
    private static final GatewayDefinition.Forwarding FORWARDING = new GatewayDefinition.Forwarding(
            "${stageVariables.vpcLink}", "http://${stageVariables.balancer}:" + Balancer.PORT);

    private final CfnRestApi api;
    private final Authorizer authorizer;

    /**
     * What the API is made of.
     *
     * @param contract docs/openapi.yaml
     * @param authorizer the jar of auth-lambda
     */
    public record Sources(Path contract, Path authorizer) {}

    public ApiStack(Construct scope, Configuration configuration, Sources sources, ITable customers,
            Optional<Balancer> balancer) {
        super(scope, "api");
        authorizer = new Authorizer(this, sources.authorizer(), customers);
        Map<String, Object> definition = new GatewayDefinition(Contract.read(sources.contract()), authorizer.uri(),
                balancer.map(any -> FORWARDING))
            .document();
        api = CfnRestApi.Builder.create(this, "Api")
            .name(NAME)
            .description("Calls of instances; made from docs/openapi.yaml")
            .endpointConfiguration(CfnRestApi.EndpointConfigurationProperty.builder().types(List.of("PRIVATE")).build())
            .policy(resourcePolicy())
            .body(definition)
            .failOnWarnings(true)
            .build();
        Excuse.on(api, "APIG2", "The gateway would hide denials: the service puts them into the audit log.");
        authorizer.allow(api.getRef());
        stage(configuration, deployment(definition), balancer.map(this::stageVariables).orElse(Map.of()));
    }

    /** Ends in the stage, without a slash. */
    public String url() {
        return "https://" + api.getRef() + ".execute-api." + Aws.REGION + '.' + Aws.URL_SUFFIX + '/' + STAGE;
    }

    public String stage() {
        return STAGE;
    }

    public ILogGroup authorizerLog() {
        return authorizer.log();
    }

    public String authorizerName() {
        return authorizer.name();
    }

    private Map<String, String> stageVariables(Balancer balancer) {
        var link = CfnVpcLink.Builder.create(this, "VpcLink")
            .name("sovereign-keys")
            .targetArns(List.of(balancer.arn()))
            .build();
        return new TreeMap<>(Map.of("vpcLink", link.getRef(), "balancer", balancer.dnsName()));
    }

    /** Customers' VPCs come and go, so any VPC may ask; the authorizer refuses those that are not registered. */
    private static Map<String, Object> resourcePolicy() {
        return StableJson.sorted(Map.of("Version", "2012-10-17", "Statement", List.of(
                statement("Allow", Map.of()),
                statement("Deny", Map.of("Condition", Map.of("Null", Map.of("aws:SourceVpc", "true")))))));
    }

    private static Map<String, Object> statement(String effect, Map<String, Object> more) {
        Map<String, Object> statement = new TreeMap<>(Map.of("Effect", effect, "Principal", "*", "Action",
                "execute-api:Invoke", "Resource", "execute-api:/" + STAGE + "/*"));
        statement.putAll(more);
        return statement;
    }

    /** A deployment is a copy: another definition or policy makes another one. */
    private CfnDeployment deployment(Map<String, Object> definition) {
        var deployment = CfnDeployment.Builder.create(this, "Deployment").restApiId(api.getRef()).build();
        deployment.overrideLogicalId("Deployment" + StableJson.digest(resolve(definition), resolve(resourcePolicy())));
        deployment.applyRemovalPolicy(RemovalPolicy.RETAIN);
        return deployment;
    }

    private void stage(Configuration configuration, CfnDeployment deployment, Map<String, String> variables) {
        var log = LogGroup.Builder.create(this, "AccessLog").retention(RetentionDays.ONE_YEAR).build();
        var stage = CfnStage.Builder.create(this, "Stage")
            .restApiId(api.getRef())
            .deploymentId(deployment.getRef())
            .stageName(STAGE)
            .variables(variables)
            .accessLogSetting(CfnStage.AccessLogSettingProperty.builder()
                .destinationArn(log.getLogGroupArn())
                .format(toJsonString(accessLogLine()))
                .build())
            .methodSettings(List.of(CfnStage.MethodSettingProperty.builder()
                .httpMethod("*")
                .resourcePath("/*")
                .loggingLevel("ERROR")
                .dataTraceEnabled(false)
                .metricsEnabled(true)
                .throttlingRateLimit(configuration.callsPerSecond())
                .throttlingBurstLimit(configuration.callsAtOnce())
                .build()))
            .build();
        stage.getNode().addDependency(account(), executionLog());
        Excuse.on(stage, "APIG3",
                "The API is private, and its bodies are the HSM's to judge; there is nothing for WAF to know.");
    }

    /** The gateway makes it itself otherwise, and keeps it for ever. */
    private LogGroup executionLog() {
        return LogGroup.Builder.create(this, "ExecutionLog")
            .logGroupName("API-Gateway-Execution-Logs_" + api.getRef() + '/' + STAGE)
            .retention(RetentionDays.ONE_YEAR)
            .build();
    }

    /** No header, no body: what a call is about is in the audit log. */
    private static Map<String, Object> accessLogLine() {
        return StableJson.sorted(Map.of("request_id", "$context.requestId", "time", "$context.requestTime", "method",
                "$context.httpMethod",
                "path", "$context.path", "status", "$context.status", "vpc_id", "$context.identity.vpcId", "source_ip",
                "$context.identity.sourceIp", "latency_ms", "$context.responseLatency", "authorizer_status",
                "$context.authorizer.status", "error", "$context.error.responseType"));
    }

    /** One for the account and region: whose role the gateway writes its logs with. */
    private CfnAccount account() {
        var role = Role.Builder.create(this, "LogRole")
            .assumedBy(new ServicePrincipal("apigateway.amazonaws.com"))
            .managedPolicies(List.of(
                    ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonAPIGatewayPushToCloudWatchLogs")))
            .build();
        Excuse.on(role, "IAM4", "API Gateway asks for this very policy, and for all log groups of the account.");
        role.applyRemovalPolicy(RemovalPolicy.RETAIN);
        var account = CfnAccount.Builder.create(this, "Account").cloudWatchRoleArn(role.getRoleArn()).build();
        account.applyRemovalPolicy(RemovalPolicy.RETAIN);
        account.getNode().addDependency(api); // an account that never had an API takes no role
        return account;
    }
}
