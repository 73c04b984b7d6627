/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret.web;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.yaml.snakeyaml.Yaml;

import org.sovereignkeys.secret.Operation;
import org.sovereignkeys.secret.Parameter;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/openapi.yaml, from which the gateway is made, beside what serves it. */
class OpenApiTest {
    private static final String JSON = "application/json";

    private final Map<String, Map<String, Object>> described = describedCalls();

    @Test
    void theContractHasTheServicesCallsWithTheirAnswers() {
        Map<String, Set<String>> answers = new TreeMap<>();
        described.forEach((call, operation) -> answers.put(call,
                at(operation, "responses", "200", "content", JSON, "schema", "properties").keySet()));
        assertThat(answers).isEqualTo(servedCalls()).hasSize(4);
    }

    @Test
    void theContractHasTheMembersThatTheServiceReads() {
        for (Operation operation : Operation.values()) {
            Set<String> read = Stream.concat(operation.recorded().stream(), operation.unrecorded().stream())
                .filter(parameter -> parameter != Parameter.INSTANCE_ID)
                .map(Parameter::memberName)
                .collect(Collectors.toCollection(TreeSet::new));
            var call = Objects.requireNonNull(described.get("post /encryption/{InstanceId}/" + operation.callName()));
            assertThat(at(call, "requestBody", "content", JSON, "schema", "properties").keySet()).isEqualTo(read);
        }
    }

    private static Map<String, Set<String>> servedCalls() {
        Map<String, Set<String>> served = new TreeMap<>();
        for (Method method : SecretController.class.getDeclaredMethods()) {
            var mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
            if (mapping != null) {
                served.put(mapping.method()[0].name().toLowerCase(Locale.ROOT) + ' '
                        + mapping.path()[0].replace("{instanceId}", "{InstanceId}"), members(method.getReturnType()));
            }
        }
        return served;
    }

    private static Set<String> members(Class<?> answer) {
        return Arrays.stream(answer.getRecordComponents())
            .map(RecordComponent::getAccessor)
            .map(accessor -> accessor.getAnnotation(JsonProperty.class).value())
            .collect(Collectors.toCollection(TreeSet::new));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> describedCalls() {
        Map<String, Map<String, Object>> calls = new TreeMap<>();
        try (var file = Files.newBufferedReader(Path.of("../docs/openapi.yaml"))) {
            at(new Yaml().load(file), "paths").forEach((path, methods) -> ((Map<String, Object>) methods)
                .forEach((method, operation) -> calls.put(method + ' ' + path, (Map<String, Object>) operation)));
            return calls;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Map<String, Object> node, String... path) {
        Map<String, Object> found = node;
        for (String name : path) {
            found = (Map<String, Object>) Objects.requireNonNull(found.get(name), name);
        }
        return found;
    }
}
