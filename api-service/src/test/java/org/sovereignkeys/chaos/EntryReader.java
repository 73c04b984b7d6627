/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Reads an entry in the one form it may have: members, order, blanks, types and alphabets to the byte. */
final class EntryReader {
    private static final String INSTANCE = "i-(?:[0-9a-f]{17}|[0-9a-f]{8})";
    private static final String BASE64 = "[A-Za-z0-9+/]+={0,2}";
    private static final String TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z";
    private static final String REASON = "Bad parameters|There is no encryption key for this VPC"
            + "|Wrapped secret and/or context are incorrect|Invalid RSA pub key|Entry lost in flight";
    private static final DateTimeFormatter TIME_FORMAT = DateTimeFormatter
        .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
        .withZone(ZoneOffset.UTC);

    private final String text;
    private int position;

    private EntryReader(String text) {
        this.text = text;
    }

    /**
     * Reads an entry.
     *
     * @param content its bytes, a character each
     */
    static Entry read(String content) throws MalformedEntryException {
        Entry entry = new EntryReader(content).entry();
        requireConsistency(entry);
        return entry;
    }

    private Entry entry() throws MalformedEntryException {
        skip("{\"event_version\": 1, \"vpc_op_seq_num\": ");
        long number = Long.parseLong(match("[1-9][0-9]{0,8}"));
        skip(", \"vpc_id\": ");
        String vpcId = text(EntryKey.VPC);
        skip(", \"op_start\": ");
        Instant start = nextIsNull() ? null : time();
        skip(", \"op_end\": ");
        Instant end = time();
        skip(", \"caller\": {\"type\": ");
        Entry.Caller caller = caller();
        skip("}, \"call\": {\"name\": ");
        String name = textOrNull("generate-secret|decrypt-secret|convert-secret");
        skip(", \"parameters\": ");
        Map<String, @Nullable String> parameters = nextIsNull() ? null : parameters(name);
        skip("}, \"result\": ");
        String result = text("Succeed|Failed");
        skip(", \"failure_reason\": ");
        String reason = textOrNull(REASON);
        skip(", \"signature\": ");
        String signature = text(BASE64);
        skip("}");
        if (position < text.length()) {
            throw new MalformedEntryException("goes on behind its end, at byte " + position);
        }
        return new Entry(number, vpcId, start, end, caller, name, parameters, result, reason, signature);
    }

    private Entry.Caller caller() throws MalformedEntryException {
        String type = textOrNull("INSTANCE");
        skip(", \"id\": ");
        String id = textOrNull(INSTANCE);
        skip(", \"ip\": ");
        String ip = textOrNull("[0-9A-Fa-f:.]{2,45}");
        skip(", \"aws_account_id\": ");
        return new Entry.Caller(type, id, ip, textOrNull("[0-9]{12}"));
    }

    private Map<String, @Nullable String> parameters(@Nullable String callName) throws MalformedEntryException {
        Map<String, @Nullable String> parameters = new LinkedHashMap<>();
        skip("{\"instance_id\": ");
        parameters.put("instance_id", textOrNull(INSTANCE));
        skip(", \"volume_uuid\": ");
        parameters.put("volume_uuid", textOrNull("[A-Za-z0-9-]{1,64}"));
        boolean converts = "convert-secret".equals(callName);
        String last = converts ? "source_instance_id" : "rsa_wrapping_key";
        skip(", \"" + last + "\": ");
        parameters.put(last, textOrNull(converts ? INSTANCE : BASE64));
        skip("}");
        return parameters;
    }

    private Instant time() throws MalformedEntryException {
        String written = text(TIME);
        try {
            Instant time = Instant.parse(written);
            if (TIME_FORMAT.format(time).equals(written)) {
                return time;
            }
        } catch (DateTimeException _) {
            // said below
        }
        throw new MalformedEntryException("has a time that does not exist: " + written);
    }

    private @Nullable String textOrNull(String form) throws MalformedEntryException {
        return nextIsNull() ? null : text(form);
    }

    private boolean nextIsNull() {
        boolean isNull = text.startsWith("null", position);
        position += isNull ? 4 : 0;
        return isNull;
    }

    private String text(String form) throws MalformedEntryException {
        skip("\"");
        String found = match(form);
        skip("\"");
        return found;
    }

    private void skip(String expected) throws MalformedEntryException {
        if (!text.startsWith(expected, position)) {
            throw notHere(expected);
        }
        position += expected.length();
    }

    private String match(String form) throws MalformedEntryException {
        Matcher matcher = Pattern.compile(form).matcher(text).region(position, text.length());
        if (!matcher.lookingAt()) {
            throw notHere(form);
        }
        position = matcher.end();
        return matcher.group();
    }

    private MalformedEntryException notHere(String expected) {
        String found = text.substring(position, Math.min(position + 40, text.length()));
        return new MalformedEntryException("is not of the form: at byte %d should be <%s>, but there is <%s>"
            .formatted(position, expected, found));
    }

    // What members say of each other

    private static void requireConsistency(Entry entry) throws MalformedEntryException {
        if (entry.succeeded() == (entry.failureReason() != null)) {
            throw new MalformedEntryException("has result " + entry.result() + " with reason " + entry.failureReason());
        }
        if (entry.isFiller()) {
            requireNothingKnown(entry);
        } else {
            requireWhole(entry);
        }
    }

    private static void requireNothingKnown(Entry filler) throws MalformedEntryException {
        boolean nothing = filler.start() == null && filler.name() == null && filler.parameters() == null
                && filler.caller().equals(new Entry.Caller(null, null, null, null));
        if (!nothing) {
            throw new MalformedEntryException("is a filler and knows more than that");
        }
    }

    private static void requireWhole(Entry entry) throws MalformedEntryException {
        Map<String, @Nullable String> parameters = entry.parameters();
        Instant start = entry.start();
        Entry.Caller caller = entry.caller();
        if (start == null || entry.name() == null || parameters == null || caller.type() == null
                || caller.ip() == null) {
            throw new MalformedEntryException("lacks what only a filler may lack");
        }
        if (start.isAfter(entry.end())) {
            throw new MalformedEntryException("ends before it starts");
        }
        String instanceId = parameters.get("instance_id");
        if (instanceId == null ? caller.id() != null : !instanceId.equals(caller.id())) {
            throw new MalformedEntryException("names two instances as its caller");
        }
        if (parameters.containsValue(null) && !"Bad parameters".equals(entry.failureReason())) {
            throw new MalformedEntryException("has a parameter that is null, but result " + entry.result());
        }
    }
}
