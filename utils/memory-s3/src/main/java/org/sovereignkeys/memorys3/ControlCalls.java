/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** Switches delays and faults over HTTP. What is wrong with a call is answered 400, in a sentence. */
final class ControlCalls {
    private final Behaviour behaviour;

    ControlCalls(Behaviour behaviour) {
        this.behaviour = behaviour;
    }

    Answer answer(Request request) {
        try {
            switch (request.method() + " " + request.key()) {
                case "PUT delay" -> setDelay(request.query());
                case "PUT fault" -> setFault(request.query());
                case "GET state" -> requireOnly(request.query(), Set.of());
                default -> throw new IllegalArgumentException(
                        "Known are PUT delay, PUT fault and GET state, below /" + MemoryS3.CONTROL + "/.");
            }
        } catch (IllegalArgumentException e) {
            return Answer.text(400, "text/plain; charset=utf-8", e.getMessage() + "\n");
        }
        return Answer.text(200, "application/json", state());
    }

    private void setDelay(Map<String, String> query) {
        requireOnly(query, Set.of("put", "other"));
        if (query.isEmpty()) {
            throw new IllegalArgumentException("Give put or other, in milliseconds.");
        }
        Duration put = delay(query.get("put"), behaviour.putDelay());
        Duration other = delay(query.get("other"), behaviour.otherDelay());
        behaviour.setPutDelay(put);
        behaviour.setOtherDelay(other);
    }

    private static Duration delay(@Nullable String milliseconds, Duration before) {
        return milliseconds == null ? before : Behaviour.delay(milliseconds);
    }

    private void setFault(Map<String, String> query) {
        requireOnly(query, Set.of("kind", "share", "bucket"));
        Fault fault = Fault.of(kind(query.getOrDefault("kind", "")));
        if (query.containsKey("share")) {
            fault = fault.forShare(share(query.getOrDefault("share", "")));
        }
        if (query.containsKey("bucket")) {
            fault = fault.inBucket(query.getOrDefault("bucket", ""));
        }
        behaviour.setFault(fault);
    }

    private static Fault.Kind kind(String name) {
        return Arrays.stream(Fault.Kind.values())
            .filter(kind -> kind.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(
                    "The kind must be one of " + Arrays.toString(Fault.Kind.values()) + "."));
    }

    private static double share(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("The share must be a number.", e);
        }
    }

    private static void requireOnly(Map<String, String> query, Set<String> known) {
        query.keySet().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("There is no parameter " + name + " here.");
        });
    }

    private String state() {
        Fault fault = behaviour.fault();
        String hits = Arrays.stream(Fault.Kind.values())
            .filter(kind -> kind != Fault.Kind.NONE)
            .map(kind -> "\"" + kind + "\":" + behaviour.hits(kind))
            .collect(Collectors.joining(",", "{", "}"));
        return String.format(Locale.ROOT,
                "{\"delay\":{\"put\":%d,\"other\":%d},\"fault\":{\"kind\":\"%s\",\"share\":%s,\"bucket\":%s},\"hits\":%s}%n",
                behaviour.putDelay().toMillis(), behaviour.otherDelay().toMillis(), fault.kind(), fault.share(),
                fault.bucket() == null ? null : "\"" + fault.bucket() + "\"", hits);
    }
}
