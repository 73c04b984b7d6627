/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.dynamodb.ITable;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.events.RuleTargetInput;
import software.amazon.awscdk.services.events.Schedule;
import software.amazon.awscdk.services.events.targets.LambdaFunction;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.EventInvokeConfigOptions;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Permission;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.lambda.Version;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.permission.CustomerRoles;
import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** The function of auth-lambda, as a published version: SnapStart has no other. */
final class Authorizer extends Construct {
    private static final String HANDLER = "org.sovereignkeys.authorizer.lambda.AuthorizerHandler";

    /** Lambda takes the snapshot away from a version that was not called for 14 days, and the next call would wait in vain. */
    private static final Duration LONGEST_REST = Duration.days(1);
    /** An event that the handler refuses before it asks anybody. */
    private static final Map<String, String> REFUSED = Map.of("methodArn", "keep-the-snapshot");

    private final LogGroup log;
    private final Function function;
    private final Version version;

    Authorizer(Construct scope, Path jar, ITable customers) {
        super(scope, "Authorizer");
        log = LogGroup.Builder.create(this, "Log").retention(RetentionDays.ONE_YEAR).build();
        function = Function.Builder.create(this, "Function")
            .description("Whether a caller of Sovereign Keys is the instance that it says")
            .runtime(Runtime.JAVA_25)
            .handler(HANDLER)
            .code(Code.fromAsset(jar.toString()))
            .memorySize(1024)
            .timeout(Duration.seconds(10))
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .environment(Map.of("VPC_INFOS_TABLE", customers.getTableName()))
            .role(role(customers))
            .logGroup(log)
            .build();
        version = function.getCurrentVersion();
        Annotations.of(function).acknowledgeWarning("@aws-cdk/aws-lambda:snapStartRequirePublish", "It is published.");
        keepSnapshot();
    }

    LogGroup log() {
        return log;
    }

    String name() {
        return function.getFunctionName();
    }

    /** What API Gateway calls. */
    String uri() {
        return "arn:" + Aws.PARTITION + ":apigateway:" + Aws.REGION + ":lambda:path/2015-03-31/functions/"
                + version.getFunctionArn() + "/invocations";
    }

    /** Lets the authorizers of this API call it, and nothing else. */
    void allow(String apiId) {
        version.addPermission("Gateway", Permission.builder()
            .principal(new ServicePrincipal("apigateway.amazonaws.com"))
            .sourceArn("arn:" + Aws.PARTITION + ":execute-api:" + Aws.REGION + ':' + Aws.ACCOUNT_ID + ':' + apiId
                    + "/authorizers/*")
            .build());
    }

    /** A refusal is an error to Lambda, and would be tried again. */
    private void keepSnapshot() {
        version.configureAsyncInvoke(EventInvokeConfigOptions.builder().retryAttempts(0).build());
        Rule.Builder.create(this, "Daily")
            .description("Sovereign Keys: calls the authorizer in vain, so that Lambda keeps its snapshot")
            .schedule(Schedule.rate(LONGEST_REST))
            .targets(List.of(LambdaFunction.Builder.create(version)
                .event(RuleTargetInput.fromObject(REFUSED))
                .retryAttempts(0)
                .build()))
            .build();
    }

    private Role role(ITable customers) {
        var role = Role.Builder.create(this, "Role")
            .roleName("role-sovereign-keys-authorizer-" + Aws.REGION)
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .build();
        RoleRight.allow(role, List.of("dynamodb:GetItem"), customers.getTableArn(), Map.of());
        RoleRight.allow(role, List.of("logs:CreateLogStream", "logs:PutLogEvents"), log.getLogGroupArn(), Map.of());
        CustomerRoles.allowAssuming(role);
        Excuse.on(role, "IAM5",
                "The streams of its log, and customers' roles, bound to our session name, are not known before.");
        return role;
    }
}
