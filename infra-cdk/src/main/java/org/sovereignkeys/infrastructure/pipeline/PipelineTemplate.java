/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** pipeline/pipeline-template.yml: what is synthesised, for those who have neither Java nor the CDK. */
public final class PipelineTemplate {
    private static final String HEADER = """
            # SPDX-License-Identifier: GPL-3.0-or-later
            # Made by infra-cdk/bin/synth --pipeline from the package pipeline; a test compares them. docs/deployment.md says how it is used.
            """;

    private PipelineTemplate() {}

    /** The text of the file, always in the same order. */
    public static String of(Path synthesized) {
        var yaml = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
        try {
            Object template = new ObjectMapper()
                .readValue(synthesized.resolve(PipelineStack.NAME + ".template.json").toFile(), Object.class);
            return HEADER + yaml.writeValueAsString(template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
