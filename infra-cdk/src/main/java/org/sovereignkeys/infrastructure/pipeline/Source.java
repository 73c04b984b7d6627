/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.CfnCondition;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.services.codecommit.CfnRepository;
import software.amazon.awscdk.services.codepipeline.CfnPipeline;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;

import org.sovereignkeys.infrastructure.permission.RoleRight;

/** Where the sources come from: a repository of CodeCommit or, where a connection is given, of somebody else's. */
final class Source {
    private static final String REPOSITORY = "cc-sovereign-keys-repo";

    private final PipelineStack stack;
    private final String artifact;
    private final String repositoryArn;
    private final CfnParameter connection;
    private final CfnParameter repositoryId;
    private final CfnParameter branch;
    private final CfnCondition connected;
    private final CfnCondition own;

    /**
     * Makes the repository.
     *
     * @param artifact how the pipeline calls the sources
     */
    Source(PipelineStack stack, String artifact) {
        this.stack = stack;
        this.artifact = artifact;
        connection = parameter("ConnectionArn", "",
                "ARN of a connection (CodeConnections) to where the repository is; empty for one of CodeCommit");
        repositoryId = parameter("RepositoryId", "", "With a connection: OWNER/NAME of the repository");
        branch = parameter("Branch", "main", "What is pushed to this branch is built and deployed");
        own = CfnCondition.Builder.create(stack, "OwnRepository")
            .expression(Fn.conditionEquals(connection.getValueAsString(), ""))
            .build();
        connected = CfnCondition.Builder.create(stack, "Connected").expression(Fn.conditionNot(own)).build();
        repositoryArn = stack.formatArn(ArnComponents.builder()
            .service("codecommit")
            .resource(REPOSITORY)
            .arnFormat(ArnFormat.NO_RESOURCE_NAME)
            .build());
        repository();
    }

    /** Raw, since one of two is chosen when the template is deployed. */
    Object action() {
        return Fn.conditionIf(connected.getLogicalId(),
                action("CodeStarSourceConnection",
                        Map.of("ConnectionArn", connection.getValueAsString(), "FullRepositoryId",
                                repositoryId.getValueAsString(), "BranchName", branch.getValueAsString())),
                action("CodeCommit", Map.of("RepositoryName", REPOSITORY, "BranchName", branch.getValueAsString(),
                        "PollForSourceChanges", "false")));
    }

    void allow(Role pipeline) {
        String origin = Token.asString(Fn.conditionIf(connected.getLogicalId(), connection.getValueAsString(),
                repositoryArn));
        RoleRight.allow(pipeline, List.of("codecommit:CancelUploadArchive", "codecommit:GetBranch",
                "codecommit:GetCommit", "codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive",
                "codeconnections:UseConnection", "codestar-connections:UseConnection"), origin, Map.of());
    }

    /** A connection tells of pushes by itself. */
    void starts(CfnPipeline pipeline) {
        String arn = stack.formatArn(
                ArnComponents.builder()
                    .service("codepipeline")
                    .resource(pipeline.getRef())
                    .arnFormat(
                            ArnFormat.NO_RESOURCE_NAME)
                    .build());
        var role = Role.Builder.create(stack, "PushRole")
            .assumedBy(new ServicePrincipal("events.amazonaws.com"))
            .build();
        RoleRight.allow(role, List.of("codepipeline:StartPipelineExecution"), arn, Map.of());
        CfnRule.Builder.create(stack, "Push")
            .description("Sovereign Keys: something was pushed")
            .eventPattern(Map.of("source", List.of("aws.codecommit"),
                    "detail-type", List.of("CodeCommit Repository State Change"),
                    "resources", List.of(repositoryArn),
                    "detail", Map.of("event", List.of("referenceCreated", "referenceUpdated"), "referenceName",
                            List.of(branch.getValueAsString()))))
            .targets(List.of(CfnRule.TargetProperty.builder()
                .id("Pipeline")
                .arn(arn)
                .roleArn(role.getRoleArn())
                .build()))
            .build()
            .getCfnOptions()
            .setCondition(own);
    }

    private void repository() {
        var repository = CfnRepository.Builder.create(stack, "Repository")
            .repositoryName(REPOSITORY)
            .repositoryDescription("Sovereign Keys, with the configuration of this account")
            .build();
        repository.getCfnOptions().setCondition(own);
        repository.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
        output("RepoName", repository.getAttrName());
        output("RepoUrlHttp", repository.getAttrCloneUrlHttp());
        output("RepoUrlSsh", repository.getAttrCloneUrlSsh());
    }

    private void output(String name, String value) {
        CfnOutput.Builder.create(stack, name).value(value).condition(own).build();
    }

    private CfnParameter parameter(String name, String byDefault, String description) {
        return CfnParameter.Builder.create(stack, name)
            .type("String")
            .defaultValue(byDefault)
            .description(description)
            .build();
    }

    private Map<String, Object> action(String provider, Map<String, Object> configuration) {
        return Map.of("Name", "Source",
                "ActionTypeId", Map.of("Category", "Source", "Owner", "AWS", "Provider", provider, "Version", "1"),
                "Configuration", configuration,
                "OutputArtifacts", List.of(Map.of("Name", artifact)));
    }
}
