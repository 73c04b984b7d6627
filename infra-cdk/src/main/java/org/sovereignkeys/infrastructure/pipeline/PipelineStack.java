/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.util.List;
import java.util.Map;

import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.BootstraplessSynthesizer;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.codepipeline.CfnPipeline;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.permission.RoleRight;
import org.sovereignkeys.infrastructure.review.Excuse;

/** Source, build, deployment. Nothing in it is of one account or region: it is deployed as a file. */
public final class PipelineStack extends Stack {
    public static final String NAME = "sk-stack";
    static final String PIPELINE = "sovereign-keys";
    private static final String MAIN_STACK = "cfn-sovereign-keys-mainstack";
    private static final String SOURCE = "Source";
    private static final String BUILT = "Built";

    public PipelineStack(Construct scope) {
        super(scope, NAME,
                StackProps.builder()
                    .description("Sovereign Keys: builds what is pushed, and deploys it")
                    .synthesizer(new BootstraplessSynthesizer())
                    .analyticsReporting(false)
                    .build());
        var bucket = new ArtifactStore(this);
        var source = new Source(this, SOURCE);
        var build = new Build(this, bucket);
        Role deploymentRole = deploymentRole();
        Role role = role(bucket, source, build, deploymentRole);
        var pipeline = CfnPipeline.Builder.create(this, "Pipeline")
            .name(PIPELINE)
            .pipelineType("V2")
            .roleArn(role.getRoleArn())
            .artifactStore(
                    CfnPipeline.ArtifactStoreProperty.builder().type("S3").location(bucket.name()).build())
            .stages(List.of(stage("Source", source.action()), stage("Build", build.action(SOURCE, BUILT)),
                    stage("Deploy", deployment(deploymentRole))))
            .build();
        pipeline.getNode().addDependency(role);
        source.starts(pipeline);
    }

    private static CfnPipeline.StageDeclarationProperty stage(String name, Object action) {
        return CfnPipeline.StageDeclarationProperty.builder().name(name).actions(List.of(action)).build();
    }

    private static CfnPipeline.ActionDeclarationProperty deployment(Role role) {
        return CfnPipeline.ActionDeclarationProperty.builder()
            .name("Deploy")
            .actionTypeId(actionType("Deploy", "CloudFormation"))
            .inputArtifacts(List.of(CfnPipeline.InputArtifactProperty.builder().name(BUILT).build()))
            .configuration(Map.of("ActionMode", "CREATE_UPDATE", "StackName", MAIN_STACK, "Capabilities",
                    "CAPABILITY_NAMED_IAM", "RoleArn", role.getRoleArn(), "TemplatePath",
                    BUILT + "::" + MAIN_STACK + ".template.json"))
            .build();
    }

    static CfnPipeline.ActionTypeIdProperty actionType(String category, String provider) {
        return CfnPipeline.ActionTypeIdProperty.builder()
            .category(category)
            .owner("AWS")
            .provider(provider)
            .version("1")
            .build();
    }

    private Role deploymentRole() {
        var role = Role.Builder.create(this, "DeploymentRole")
            .description("With which CloudFormation makes the main stack")
            .assumedBy(new ServicePrincipal("cloudformation.amazonaws.com"))
            .managedPolicies(List.of(ManagedPolicy.fromAwsManagedPolicyName("AdministratorAccess")))
            .build();
        Excuse.on(role, "IAM4", "It makes roles and their policies: a narrower one could give itself the rest.");
        return role;
    }

    private Role role(ArtifactStore bucket, Source source, Build build, Role deploymentRole) {
        var role = Role.Builder.create(this, "PipelineRole")
            .assumedBy(new ServicePrincipal("codepipeline.amazonaws.com"))
            .build();
        bucket.allowHandingOn(role);
        bucket.allowSources(role);
        source.allow(role);
        RoleRight.allow(role, List.of("codebuild:BatchGetBuilds", "codebuild:StartBuild"), build.arn(), Map.of());
        RoleRight.allow(role,
                List.of("cloudformation:CreateStack", "cloudformation:DescribeStackEvents",
                        "cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:UpdateStack"),
                formatArn(ArnComponents.builder()
                    .service("cloudformation")
                    .resource("stack")
                    .resourceName(MAIN_STACK + "/*")
                    .build()),
                Map.of());
        RoleRight.allow(role, List.of("iam:PassRole"), deploymentRole.getRoleArn(),
                Map.of("StringEquals", Map.of("iam:PassedToService", "cloudformation.amazonaws.com")));
        Excuse.on(role, "IAM5", "Objects of the bucket and the stack's id are not known before.");
        return role;
    }
}
