/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.services.s3.CfnBucket;

import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The whole, in each form that it can take: strictly valid, and without findings of the rule sets. */
class MainStackTest {
    private static final Pattern NAME_IN_LIST = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

    /** Those by which the runbooks of the original find what was made. */
    private static final Set<String> NAMES_OF_OLD = Set.of("ApiUrl", "sovereign-keys:S3ArtifactBucketName",
            "asg-sovereign-keys-sovereign-instances", "ec2-sovereign-keys-api-bastion",
            "subnet-sovereign-keys-api-private-1", "subnet-sovereign-keys-api-private-2",
            "subnet-sovereign-keys-api-private-3", "dyndb-sovereign-keys-vpc-infos", "IDENTIFIER-sovereign-keys-ekt",
            "IDENTIFIER-sovereign-keys-audit-logs", "IDENTIFIER-sovereign-keys-customer-audit-logs",
            "ec2-sovereign-keys-test-customer-test-instance", "role-sovereign-keys-test-customer-instance",
            "subnet-sovereign-keys-test-customer-public-1", "subnet-sovereign-keys-test-customer-public-2",
            "cc-sovereign-keys-repo", "RepoName", "RepoUrlHttp", "RepoUrlSsh");

    static Stream<Synthesis.Case> cases() {
        List<Synthesis.Case> cases = new ArrayList<>();
        for (String region : CfnLint.REGIONS) {
            for (HsmType hsm : HsmType.values()) {
                cases.add(new Synthesis.Case(region, hsm, true, false));
                cases.add(new Synthesis.Case(region, hsm, false, false));
            }
        }
        cases.add(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, true));
        cases.add(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false, true));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachFormIsSynthesisedWithoutFindingsOfCdkNag(Synthesis.Case wanted) throws IOException {
        assertThat(Synthesis.of(wanted).findings()).isEmpty();
    }

    @Test
    void aMisspeltPropertyStopsTheSynthesis() {
        Path folder = Path.of("target", "misspelt");
        var app = new App(AppProps.builder().outdir(folder.toString()).context(InfrastructureApp.STRICT).build());
        CfnBucket.Builder.create(new Stack(app, "Stack"), "Bucket").build().addPropertyOverride("BuketName", "acme");
        assertThatThrownBy(app::synth).hasMessageContaining("Validation failed");
        assertThat(folder.resolve("validation-report.json")).content().contains("BuketName");
    }

    @Test
    void cfnLintFindsNothing() throws IOException, InterruptedException {
        List<Path> templates = new ArrayList<>();
        for (var wanted : List.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false),
                new Synthesis.Case("eu-west-3", HsmType.proteccio, true, true),
                new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false, true),
                new Synthesis.Case("eu-west-3", HsmType.cloudhsm, true, false),
                new Synthesis.Case("eu-west-3", HsmType.cloudhsm, false, false))) {
            templates.addAll(Synthesis.of(wanted).files());
        }
        assertThat(CfnLint.findings(templates)).isEmpty();
    }

    /** CloudFormation's limits; a template that is given with the call, and not by its address, may have less. */
    @ParameterizedTest
    @MethodSource("cases")
    void eachTemplateFitsCloudFormation(Synthesis.Case wanted) throws IOException {
        for (Path file : Synthesis.of(wanted).files()) {
            assertThat(Files.size(file)).as(file.toString()).isLessThan(1_000_000);
            assertThat(new ObjectMapper().readTree(file.toFile()).get("Resources").size()).as(file.toString())
                .isBetween(1, 500);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"artifacts/artifacts-template.yml", "customer/customer-template.yml",
        "pipeline/pipeline-template.yml"})
    void whatIsDeployedAsAFileFitsIntoTheCall(String file) throws IOException {
        assertThat(Files.size(Path.of(file))).isLessThan(51_200);
    }

    @Test
    void noLogIsKeptForEver() throws IOException {
        List<JsonNode> groups = new ArrayList<>();
        for (Path file : Synthesis.usual().files()) {
            new ObjectMapper().readTree(file.toFile()).get("Resources").forEach(resource -> {
                if (resource.get("Type").asText().equals("AWS::Logs::LogGroup")) {
                    groups.add(resource);
                }
            });
        }
        assertThat(groups).hasSizeGreaterThan(3)
            .allSatisfy(group -> assertThat(group.at("/Properties/RetentionInDays").asInt()).isPositive());
    }

    @Test
    void everyNameThatTheDocumentationGivesIsInTheTemplates() throws IOException {
        String documentation = Files.readString(Path.of("../docs/deployment.md"));
        String section = documentation.substring(documentation.indexOf("## Names"));
        Set<String> names = new TreeSet<>();
        NAME_IN_LIST.matcher(section.substring(0, section.indexOf("\n## ", 1)))
            .results()
            .forEach(result -> names.add(result.group(1)));
        var templates = new StringBuilder();
        for (Path file : Synthesis.usual().files()) {
            templates.append(Files.readString(file));
        }
        templates.append(Files.readString(Synthesis.pipeline().resolve("sk-stack.template.json")));
        assertThat(names).containsAll(NAMES_OF_OLD)
            .allSatisfy(name -> assertThat(templates).contains('"' + name.replace("IDENTIFIER", "acme") + '"'));
    }

    @Test
    void theOutputIsTheUrlWithoutASlashAtItsEnd() {
        Synthesis.usual()
            .template(MainStack.NAME)
            .hasOutput("ApiUrl", Map.of("Value",
                    Map.of("Fn::Join",
                            List.of("", Match.arrayWith(List.of("https://", Match.stringLikeRegexp(".*/v1$")))))));
    }
}
