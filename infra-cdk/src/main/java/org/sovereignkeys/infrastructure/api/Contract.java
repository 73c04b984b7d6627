/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** The calls that docs/openapi.yaml describes. */
record Contract(List<Call> calls) {
    private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([A-Za-z]+)}");

    record Call(String path, String method) {
        List<String> pathParameters() {
            return PATH_PARAMETER.matcher(path).results().map(result -> result.group(1)).toList();
        }
    }

    static Contract read(Path file) {
        try {
            List<Call> calls = new ArrayList<>();
            JsonNode paths = new YAMLMapper().readTree(file.toFile()).get("paths");
            paths.properties()
                .forEach(path -> path.getValue()
                    .fieldNames()
                    .forEachRemaining(method -> calls.add(new Call(path.getKey(), method))));
            return new Contract(List.copyOf(calls));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the contract", e);
        }
    }
}
