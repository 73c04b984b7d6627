/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.services.codebuild.CfnProject;
import software.amazon.awscdk.services.codepipeline.CfnPipeline;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;

import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** Does what infra-cdk/pipeline/buildspec.yml of the sources says. */
final class Build {
    private static final String STEPS = "infra-cdk/pipeline/buildspec.yml";
    private static final int LONGEST_MINUTES = 180;

    private final CfnProject project;

    Build(PipelineStack stack, ArtifactStore bucket) {
        var image = CfnParameter.Builder.create(stack, "BuildImage")
            .type("String")
            .defaultValue("public.ecr.aws/docker/library/debian:12")
            .description("Image of the build: Debian 12; what else it needs, the build installs")
            .build();
        var log = LogGroup.Builder.create(stack, "BuildLog").retention(RetentionDays.THREE_MONTHS).build();
        var role = Role.Builder.create(stack, "BuildRole")
            .assumedBy(new ServicePrincipal("codebuild.amazonaws.com"))
            .build();
        bucket.allowHandingOn(role);
        bucket.allowPublishing(role);
        RoleRight.allow(role, List.of("logs:CreateLogStream", "logs:PutLogEvents"), log.getLogGroupArn(), Map.of());
        RoleRight.allow(role, List.of("cloudformation:ListExports"), "*", Map.of()); // given for all or none
        Excuse.on(role, "IAM5", "Objects of the bucket are not known before; exports are listed as a whole.");
        project = CfnProject.Builder.create(stack, "Build")
            .name("sovereign-keys")
            .serviceRole(role.getRoleArn())
            .artifacts(CfnProject.ArtifactsProperty.builder().type("CODEPIPELINE").build())
            .source(CfnProject.SourceProperty.builder().type("CODEPIPELINE").buildSpec(STEPS).build())
            .environment(CfnProject.EnvironmentProperty.builder()
                .type("LINUX_CONTAINER")
                .computeType("BUILD_GENERAL1_LARGE")
                .image(image.getValueAsString())
                .imagePullCredentialsType("SERVICE_ROLE") // SERVICE_ROLE is for images that are not CodeBuild's own
                .privilegedMode(true)
                .build())
            .logsConfig(CfnProject.LogsConfigProperty.builder()
                .cloudWatchLogs(CfnProject.CloudWatchLogsConfigProperty.builder()
                    .status("ENABLED")
                    .groupName(log.getLogGroupName())
                    .build())
                .build())
            .timeoutInMinutes(LONGEST_MINUTES)
            .build();
        project.getNode().addDependency(role);
        Excuse.on(project, "CB3", "Tests make network namespaces, which a container may not without this.");
        Excuse.onUnreadable(project, "The image is a parameter; by default it is Debian's.");
        Excuse.on(project, "CB4", "The bucket encrypts what is built, and the pipeline says with what key.");
    }

    String arn() {
        return project.getAttrArn();
    }

    CfnPipeline.ActionDeclarationProperty action(String sources, String built) {
        return CfnPipeline.ActionDeclarationProperty.builder()
            .name("Build")
            .actionTypeId(PipelineStack.actionType("Build", "CodeBuild"))
            .inputArtifacts(List.of(CfnPipeline.InputArtifactProperty.builder().name(sources).build()))
            .outputArtifacts(List.of(CfnPipeline.OutputArtifactProperty.builder().name(built).build()))
            .configuration(Map.of("ProjectName", project.getRef()))
            .build();
    }
}
