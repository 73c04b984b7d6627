/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.customer.VpcId;

/** Takes the values out of an entry's JSON. That it has no others, and its one form, is for the caller to check. */
final class EntryReader {
    private static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    private EntryReader() {}

    static AuditEntry read(byte[] json) {
        try {
            JsonNode entry = MAPPER.readTree(json);
            return new AuditEntry(entry.required("vpc_op_seq_num").longValue(), callRecord(entry));
        } catch (JacksonException | DateTimeParseException e) {
            throw new IllegalArgumentException("not an audit entry", e);
        }
    }

    private static CallRecord callRecord(JsonNode entry) {
        String start = text(entry, "op_start");
        String failure = text(entry, "failure_reason");
        return new CallRecord(new VpcId(requiredText(entry, "vpc_id")), start == null ? null : Instant.parse(start),
                Instant.parse(requiredText(entry, "op_end")), caller(entry.required("caller")),
                call(entry.required("call")), failure == null ? null : FailureReason.ofText(failure));
    }

    private static Caller caller(JsonNode caller) {
        return new Caller(text(caller, "id"), text(caller, "ip"), text(caller, "aws_account_id"));
    }

    private static Call call(JsonNode call) {
        JsonNode parameters = call.required("parameters");
        return new Call(text(call, "name"), parameters.isNull() ? null : parameters(parameters));
    }

    private static Map<String, @Nullable String> parameters(JsonNode members) {
        Map<String, @Nullable String> parameters = new LinkedHashMap<>();
        members.propertyNames().forEach(name -> parameters.put(name, text(members, name)));
        return parameters;
    }

    private static String requiredText(JsonNode members, String name) {
        String text = text(members, name);
        if (text == null) {
            throw new IllegalArgumentException("not an audit entry: it has no " + name);
        }
        return text;
    }

    private static @Nullable String text(JsonNode members, String name) {
        JsonNode value = members.required(name);
        return value.isNull() ? null : value.stringValue();
    }
}
