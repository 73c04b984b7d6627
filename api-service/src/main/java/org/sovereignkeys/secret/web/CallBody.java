/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret.web;

import java.util.EnumMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.secret.Parameter;

/**
 * The body of a secret call: the texts of the members that we know. All other members are ignored, whatever they are; a
 * member that is there twice makes the whole body unreadable, for it could be read two ways.
 *
 * @param parameters the texts that were given
 * @param problem what is wrong with the body as a whole; null when it could be read
 */
record CallBody(Map<Parameter, String> parameters, @Nullable String problem) {
    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    static CallBody read(byte[] body) {
        try {
            JsonNode root = JSON.readTree(body);
            if (!root.isObject()) {
                return unreadable("the body must be a JSON object");
            }
            Map<Parameter, String> texts = new EnumMap<>(Parameter.class);
            for (Parameter parameter : Parameter.values()) {
                JsonNode member = root.get(parameter.memberName());
                if (member != null && member.isString()) {
                    texts.put(parameter, member.stringValue());
                }
            }
            return new CallBody(texts, null);
        } catch (JacksonException e) {
            return unreadable("the body is not JSON in which each member stands once");
        }
    }

    /** A body of which nothing is known but what is wrong with it. */
    static CallBody unreadable(String problem) {
        return new CallBody(Map.of(), problem);
    }
}
