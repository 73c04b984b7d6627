/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

import org.sovereignkeys.infrastructure.CfnLint;
import org.sovereignkeys.infrastructure.Synthesis;

import static org.assertj.core.api.Assertions.assertThat;

/** The pipeline's template, as it lies in the repository. */
class PipelineStackTest {
    private static final Path FILE = Path.of("pipeline", "pipeline-template.yml");

    private final JsonNode template = read(FILE);
    private final Template assertions = Template.fromString(template.toString());

    @Test
    void theFileIsWhatIsSynthesised() throws IOException {
        assertThat(PipelineTemplate.of(Synthesis.pipeline()))
            .as("infra-cdk/bin/synth --pipeline writes it anew")
            .isEqualTo(Files.readString(FILE));
    }

    @Test
    void cfnLintAndCdkNagFindNothing() throws Exception {
        assertThat(CfnLint.findings(List.of(FILE))).isEmpty();
        assertThat(Synthesis.findings(Synthesis.pipeline())).isEmpty();
    }

    @Test
    void itNeedsNoBootstrap() {
        assertThat(template.at("/Parameters").fieldNames()).toIterable()
            .containsExactly("Branch", "BuildImage", "ConnectionArn",
                    "RepositoryId");
        assertThat(template.toString()).doesNotContain("cdk-hnb659fds", "/cdk-bootstrap/");
    }

    /** So that sk-stack, made of the smaller template, can be updated to this one and keep its bucket. */
    @ParameterizedTest
    @ValueSource(strings = {"/Resources/Bucket", "/Resources/BucketPolicy", "/Outputs/S3ArtifactBucketName"})
    void whatTheTemplateOfTheBucketMakesIsMadeTheSame(String what) {
        JsonNode smaller = read(Path.of("artifacts", "artifacts-template.yml"));

        assertThat(withoutMetadata(template.at(what))).isEqualTo(withoutMetadata(smaller.at(what)));
    }

    @Test
    void whatIsPushedIsBuiltAndDeployed() {
        assertThat(actions()).extracting(action -> action.at("/ActionTypeId/Provider").asText())
            .containsExactly("CodeBuild", "CloudFormation");
        assertThat(actions().get(1).at("/Configuration/StackName").asText())
            .isEqualTo("cfn-sovereign-keys-mainstack");
        assertions.hasResourceProperties("AWS::Events::Rule", Map.of("EventPattern", Match.objectLike(Map.of("source",
                List.of("aws.codecommit")))));
    }

    @Test
    void theSourceIsAConnectionWhereOneIsGiven() {
        JsonNode choice = template.at("/Resources/Pipeline/Properties/Stages/0/Actions/0/Fn::If");
        assertThat(choice.get(0).asText()).isEqualTo("Connected");
        assertThat(choice.get(1).at("/ActionTypeId/Provider").asText()).isEqualTo("CodeStarSourceConnection");
        assertThat(choice.get(2).at("/Configuration/RepositoryName").asText()).isEqualTo("cc-sovereign-keys-repo");
        assertThat(template.at("/Conditions/OwnRepository").toString())
            .isEqualTo("{\"Fn::Equals\":[{\"Ref\":\"ConnectionArn\"},\"\"]}");
        assertThat(template.at("/Resources/Repository/Condition").asText()).isEqualTo("OwnRepository");
        assertThat(template.at("/Resources/Repository/DeletionPolicy").asText())
            .isEqualTo("RetainExceptOnCreate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RepoName", "RepoUrlHttp", "RepoUrlSsh"})
    void theRepositoryIsAnOutput(String name) {
        assertThat(template.at("/Outputs/" + name + "/Value/Fn::GetAtt/0").asText()).isEqualTo("Repository");
        assertThat(template.at("/Outputs/" + name + "/Condition").asText()).isEqualTo("OwnRepository");
    }

    @Test
    void theBuildVerifiesAndThenPutsWhatTheDeploymentTakes() {
        assertThat(template.at("/Resources/Build/Properties/Source/BuildSpec").asText())
            .isEqualTo("infra-cdk/pipeline/buildspec.yml");
        JsonNode steps = read(Path.of("pipeline", "buildspec.yml"));
        assertThat(template.at("/Parameters/BuildImage/Default").asText()).endsWith("/debian:12");
        assertThat(steps.at("/phases/install/commands").toString()).contains("awscli", " jq", "java-25-");
        assertThat(steps.at("/phases/build/commands")).extracting(JsonNode::asText)
            .containsExactly("./mvnw -B verify", "infra-cdk/bin/put-packages", "infra-cdk/bin/deploy --put-only");
        assertThat(steps.at("/artifacts/base-directory").asText() + '/' + steps.at("/artifacts/files/0").asText())
            .isEqualTo("infra-cdk/target/deployment/cfn-sovereign-keys-mainstack.template.json");
        assertThat(actions().get(1).at("/Configuration/TemplatePath").asText())
            .isEqualTo("Built::" + steps.at("/artifacts/files/0").asText());
    }

    /** What AWS's guides to both services want of the bucket; the list for an object is what connections ask for. */
    @Test
    void thePipelineUsesNothingOfTheBucketButWhatItHandsOn() {
        assertThat(rightsOnBucket("PipelineRoleDefaultPolicy")).containsExactlyInAnyOrder(
                "s3:GetObject /sovereign-keys/*",
                "s3:GetObjectVersion /sovereign-keys/*", "s3:PutObject /sovereign-keys/*",
                "s3:PutObjectAcl /sovereign-keys/*", "s3:GetBucketAcl ", "s3:GetBucketLocation ",
                "s3:GetBucketVersioning ");
    }

    /** An order to open SSH, the programs and the HSM's client that nodes install, are put by hand. */
    @Test
    void theBuildPutsPackagesAndTemplatesAndReplacesNothingElse() {
        assertThat(rightsOnBucket("BuildRoleDefaultPolicy")).filteredOn(right -> right.startsWith("s3:Put"))
            .containsExactlyInAnyOrder("s3:PutObject /sovereign-keys/*", "s3:PutObject /deployment/*",
                    "s3:PutObject /sovereign-instances/sovereign-keys-api.rpm",
                    "s3:PutObject /sovereign-instances/sovereign-keys-api.rpm.sha256", "s3:PutObject /agent/linux/*");
        assertThat(rightsOnBucket("BuildRoleDefaultPolicy")).filteredOn(right -> !right.startsWith("s3:Put"))
            .containsExactlyInAnyOrder("s3:GetObject /sovereign-keys/*", "s3:GetObjectVersion /sovereign-keys/*",
                    "s3:GetObject /sovereign-instances/sovereign-keys-api.rpm",
                    "s3:GetObject /sovereign-instances/sovereign-keys-api.rpm.sha256", "s3:GetObject /agent/linux/*",
                    "s3:GetBucketAcl ", "s3:GetBucketLocation ", "s3:GetBucketVersioning ");
    }

    /** An action and what of the bucket it is for. */
    private List<String> rightsOnBucket(String policy) {
        List<String> rights = new ArrayList<>();
        template.get("Resources").properties().forEach(resource -> {
            if (resource.getKey().startsWith(policy)) {
                resource.getValue().at("/Properties/PolicyDocument/Statement").forEach(statement -> {
                    for (JsonNode what : each(statement.get("Resource"))) {
                        if (what.toString().contains("\"Bucket\"")) {
                            each(statement.get("Action"))
                                .forEach(action -> rights
                                    .add(action.asText() + ' ' + what.at("/Fn::Join/1/1").asText()));
                        }
                    }
                });
            }
        });
        return rights;
    }

    private static List<JsonNode> each(JsonNode oneOrMore) {
        List<JsonNode> all = new ArrayList<>();
        if (oneOrMore.isArray()) {
            oneOrMore.forEach(all::add);
        } else {
            all.add(oneOrMore);
        }
        return all;
    }

    @Test
    void onlyCloudFormationIsGivenTheRightsOfTheDeployment() {
        assertions.hasResourceProperties("AWS::IAM::Policy", Map.of("PolicyDocument", Match.objectLike(Map.of(
                "Statement", Match.arrayWith(List.of(Match.objectLike(Map.of("Action", "iam:PassRole", "Resource",
                        Map.of("Fn::GetAtt", List.of(Match.stringLikeRegexp("DeploymentRole.*"), "Arn")), "Condition",
                        Map.of("StringEquals", Map.of("iam:PassedToService", "cloudformation.amazonaws.com"))))))))));
        List<String> trusted = new ArrayList<>();
        template.get("Resources").forEach(resource -> {
            if (resource.at("/Properties/ManagedPolicyArns").toString().contains("AdministratorAccess")) {
                trusted.add(resource.at("/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service").asText());
            }
        });
        assertThat(trusted).containsExactly("cloudformation.amazonaws.com");
    }

    /** Those behind the source. */
    private List<JsonNode> actions() {
        List<JsonNode> actions = new ArrayList<>();
        template.at("/Resources/Pipeline/Properties/Stages").forEach(stage -> actions.add(stage.at("/Actions/0")));
        return actions.subList(1, actions.size());
    }

    /** Metadata has the excuses for cdk-nag's findings. */
    private static JsonNode withoutMetadata(JsonNode node) {
        assertThat(node.isObject()).isTrue();
        return ((ObjectNode) node).without("Metadata");
    }

    private static JsonNode read(Path file) {
        try {
            return new YAMLMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
