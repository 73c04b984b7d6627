/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The members of an entry, beside its signature, as a tree of maps, texts, integers and nulls; its two written forms. */
final class EntryMembers {
    static final int EVENT_VERSION = 1;
    static final String CALLER_TYPE = "INSTANCE";
    static final String SUCCEEDED = "Succeed";
    static final String FAILED = "Failed";

    private static final DateTimeFormatter TIME = DateTimeFormatter
        .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
        .withZone(ZoneOffset.UTC);

    private EntryMembers() {}

    static Map<String, @Nullable Object> of(long number, CallRecord record) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("event_version", EVENT_VERSION);
        members.put("vpc_op_seq_num", number);
        members.put("vpc_id", record.vpcId().value());
        members.put("op_start", time(record.start()));
        members.put("op_end", time(record.end()));
        members.put("caller", caller(record.caller()));
        members.put("call", call(record.call()));
        members.put("result", record.failure() == null ? SUCCEEDED : FAILED);
        members.put("failure_reason", record.failure() == null ? null : record.failure().text());
        return members;
    }

    private static Map<String, @Nullable Object> caller(Caller caller) {
        boolean unknown = caller.instanceId() == null && caller.ip() == null && caller.awsAccountId() == null;
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("type", unknown ? null : CALLER_TYPE);
        members.put("id", caller.instanceId());
        members.put("ip", caller.ip());
        members.put("aws_account_id", caller.awsAccountId());
        return members;
    }

    private static Map<String, @Nullable Object> call(Call call) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("name", call.name());
        members.put("parameters", call.parameters());
        return members;
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : TIME.format(instant);
    }

    /** The tree on one line of JSON, with a blank behind each comma and colon. Texts must be printable ASCII. */
    static String json(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> members -> members.entrySet()
                .stream()
                .map(member -> json(member.getKey()) + ": " + json(member.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
            case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            default -> value.toString();
        };
    }

    static String signedText(Map<String, @Nullable Object> members) {
        List<String> lines = new ArrayList<>();
        addLines(lines, "", members);
        return lines.stream().sorted().collect(Collectors.joining("\n"));
    }

    private static void addLines(List<String> lines, String path, Map<?, ?> members) {
        members.forEach((name, value) -> {
            String place = path + name;
            switch (value) {
                case null -> lines.add(place + "=");
                case Map<?, ?> inner -> addLines(lines, place + ".", inner);
                default -> lines.add(place + "=" + value.toString().toLowerCase(Locale.ROOT));
            }
        });
    }

    static void requirePrintableAscii(Map<?, ?> members) {
        members.forEach((name, value) -> {
            requirePrintableAscii(String.valueOf(name));
            switch (value) {
                case Map<?, ?> inner -> requirePrintableAscii(inner);
                case String text -> requirePrintableAscii(text);
                case null, default -> {
                }
            }
        });
    }

    private static void requirePrintableAscii(String text) {
        if (!text.chars().allMatch(character -> character >= ' ' && character <= '~')) {
            throw new IllegalArgumentException("a text of an audit entry is not printable ASCII");
        }
    }
}
