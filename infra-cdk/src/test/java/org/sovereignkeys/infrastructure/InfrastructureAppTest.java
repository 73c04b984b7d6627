/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;

import org.sovereignkeys.infrastructure.configuration.HsmType;

import static org.assertj.core.api.Assertions.assertThat;

class InfrastructureAppTest {
    private static final Path FOLDER = Path.of("target", "synthesis", "artifact-bucket");

    @Test
    void withAnArtifactBucketNothingIsWantedOfABootstrap() throws IOException {
        synthesize();
        var main = read(MainStack.NAME + ".template.json");
        List<String> urls = new ArrayList<>();
        main.get("Resources").forEach(resource -> urls.add(resource.at("/Properties/TemplateURL").toString()));
        assertThat(urls).hasSize(6).allSatisfy(url -> assertThat(url).contains("/artifacts/deployment/"));
        assertThat(main.has("Parameters")).isFalse();
        assertThat(main.has("Rules")).isFalse();
        assertThat(main.toString()).doesNotContain("cdk-hnb659fds");
    }

    @Test
    void allFilesGoIntoTheArtifactBucketAsFilesOrZipped() throws IOException {
        synthesize();
        var files = read(MainStack.NAME + ".assets.json").get("files");
        assertThat(files).hasSizeGreaterThan(7).allSatisfy(file -> {
            assertThat(file.at("/source/packaging").asText()).isIn("file", "zip");
            assertThat(FOLDER.resolve(file.at("/source/path").asText())).exists();
            assertThat(file.get("destinations")).singleElement().satisfies(destination -> {
                assertThat(destination.get("bucketName").asText()).isEqualTo("artifacts");
                assertThat(destination.get("objectKey").asText()).startsWith("deployment/");
            });
        });
    }

    private static void synthesize() {
        var app = new App(InfrastructureApp.properties(Optional.of("artifacts")).outdir(FOLDER.toString()).build());
        new MainStack(app, new Synthesis.Case("eu-west-3", HsmType.proteccio, true, false).configuration(),
                Environment.builder().account(Synthesis.ACCOUNT).region("eu-west-3").build(), Synthesis.sources());
        app.synth();
    }

    private static JsonNode read(String file) throws IOException {
        return new ObjectMapper().readTree(FOLDER.resolve(file).toFile());
    }
}
