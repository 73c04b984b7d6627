/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One POST as its client saw it. A try again is another call. No two calls of a VPC have the same name and parameters.
 *
 * @param name {@code generate-secret}, {@code decrypt-secret} or {@code convert-secret}
 * @param sourceIp last address of {@code X-Forwarded-For}
 * @param accountId account of the customer's role
 * @param parameters what an entry names: {@code instance_id}, {@code volume_uuid}, and {@code rsa_wrapping_key} or
 *            {@code source_instance_id}; null where what was sent is not of its form
 * @param begin before the first byte was sent
 * @param end after the answer was read, or when the client gave up
 */
public record SeenCall(String vpcId, String name, String sourceIp, String accountId,
        Map<String, @Nullable String> parameters, Instant begin, Instant end, Outcome outcome) {
    public SeenCall {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** What became of a call. */
    public sealed interface Outcome {
        /**
         * An answer came.
         *
         * @param message the member {@code message} of a problem; null where there is none
         */
        record Answered(int status, @Nullable String message) implements Outcome {}

        /** The connection could not be made, or broke, or the client waited no longer. */
        record Unanswered() implements Outcome {}
    }

    /** What tells a call from any other. */
    record Identity(String vpcId, @Nullable String name, Map<String, @Nullable String> parameters) {}

    Identity identity() {
        return new Identity(vpcId, name, parameters);
    }

    boolean succeeded() {
        return hasStatus(200);
    }

    boolean refused() {
        return hasStatus(400);
    }

    /** Whether its entry was stored before the answer left. */
    boolean isOnLog() {
        return succeeded() || refused();
    }

    /** Whether it may have taken a number all the same: it had no answer, or one that it could not be served. */
    boolean mayHaveBeenLost() {
        return switch (outcome) {
            case Outcome.Answered(int status, _) -> status >= 500;
            case Outcome.Unanswered _ -> true;
        };
    }

    boolean hasStatus(int wanted) {
        return outcome instanceof Outcome.Answered(int status, _) && status == wanted;
    }

    @Override
    public String toString() {
        String ending = switch (outcome) {
            case Outcome.Answered(int status, _) -> Integer.toString(status);
            case Outcome.Unanswered _ -> "no answer";
        };
        return "%s of %s (volume %s, %s to %s, %s)".formatted(name, parameters.get("instance_id"),
                parameters.get("volume_uuid"), begin, end, ending);
    }
}
