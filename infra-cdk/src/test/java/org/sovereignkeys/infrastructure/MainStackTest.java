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
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awscdk.assertions.Match;

import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole, in each form that it can take: strictly valid, and without findings of the rule sets. */
class MainStackTest {
    private static final List<String> REGIONS = List.of("eu-central-1", "eu-west-1", "eu-west-3");
    private static final Path CFN_LINT = Path.of("tools", ".venv", "bin", "cfn-lint");
    private static final Pattern NAME_IN_LIST = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

    static Stream<Synthesis.Case> cases() {
        List<Synthesis.Case> cases = new ArrayList<>();
        for (String region : REGIONS) {
            for (HsmType hsm : HsmType.values()) {
                cases.add(new Synthesis.Case(region, hsm, true, false));
                cases.add(new Synthesis.Case(region, hsm, false, false));
            }
        }
        cases.add(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, true));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachFormIsSynthesisedWithoutFindingsOfCdkNag(Synthesis.Case wanted) throws IOException {
        assertThat(Synthesis.of(wanted).findings()).isEmpty();
    }

    @Test
    void cfnLintFindsNothing() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(CFN_LINT.toString(), "--format", "parseable"));
        // The CDK's own: a dependency that is said twice.
        command.addAll(List.of("--ignore-checks", "W3005", "--template"));
        for (var wanted : List.of(new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false),
                new Synthesis.Case("eu-west-3", HsmType.proteccio, true, true),
                new Synthesis.Case("eu-west-3", HsmType.cloudhsm, false, false))) {
            Synthesis.of(wanted).files().forEach(file -> command.add(file.toString()));
        }
        command.addAll(List.of("--regions"));
        command.addAll(REGIONS);
        var output = Files.createTempFile(Path.of("target"), "cfn-lint", ".txt");
        var process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(output)).isEmpty();
        assertThat(process.exitValue()).isZero();
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
        assertThat(names).hasSizeGreaterThan(10)
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
