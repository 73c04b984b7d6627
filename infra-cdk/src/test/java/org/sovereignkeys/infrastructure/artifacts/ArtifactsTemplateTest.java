/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.infrastructure.CfnLint;
import org.sovereignkeys.infrastructure.Synthesis;

import static org.assertj.core.api.Assertions.assertThat;

/** The template of the bucket that is there before all else. */
class ArtifactsTemplateTest {
    private static final Path FILE = Path.of("artifacts", "artifacts-template.yml");

    private final JsonNode template = read();

    @Test
    void cfnLintFindsNothing() throws Exception {
        assertThat(CfnLint.findings(List.of(FILE))).isEmpty();
    }

    @Test
    void itExportsWhatTheStacksImport() {
        String export = template.at("/Outputs/S3ArtifactBucketName/Export/Name").asText();
        assertThat(template.at("/Outputs/S3ArtifactBucketName/Value/Ref").asText()).isEqualTo("Bucket");
        for (String stack : List.of("cluster", "customer")) {
            assertThat(Synthesis.usual().template(stack).toJSON().toString())
                .contains("{Fn::ImportValue=" + export + '}');
        }
    }

    @Test
    void theBucketIsPrivateEncryptedVersionedAndKept() {
        var bucket = template.at("/Resources/Bucket");
        assertThat(bucket.get("DeletionPolicy").asText()).isEqualTo("RetainExceptOnCreate");
        assertThat(bucket.at("/Properties/PublicAccessBlockConfiguration")).hasSize(4)
            .allSatisfy(blocked -> assertThat(blocked.asBoolean()).isTrue());
        assertThat(bucket.at("/Properties/VersioningConfiguration/Status").asText()).isEqualTo("Enabled");
        assertThat(bucket.at("/Properties/BucketEncryption").toString()).contains("AES256");
    }

    @Test
    void plainHttpIsRefused() {
        var statements = template.at("/Resources/BucketPolicy/Properties/PolicyDocument/Statement");
        assertThat(statements).singleElement().satisfies(statement -> {
            assertThat(statement.get("Effect").asText()).isEqualTo("Deny");
            assertThat(statement.get("Action").asText()).isEqualTo("s3:*");
            assertThat(statement.get("Resource")).hasSize(2);
            assertThat(statement.get("Condition").toString())
                .isEqualTo("{\"Bool\":{\"aws:SecureTransport\":\"false\"}}");
        });
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(FILE.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
