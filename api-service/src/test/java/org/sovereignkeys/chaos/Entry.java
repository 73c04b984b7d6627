/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An audit entry of event_version 1; its form is that of docs/formats/audit-entry.md. In a filler all is null but for
 * number, VPC, end and reason.
 *
 * @param parameters null in a filler
 * @param failureReason null when the call succeeded
 * @param signature in DER, base64
 */
record Entry(long number, String vpcId, @Nullable Instant start, Instant end, Caller caller, @Nullable String name,
        @Nullable Map<String, @Nullable String> parameters, String result, @Nullable String failureReason,
        String signature) {
    private static final String LOST = "Entry lost in flight";

    /** Who called. */
    record Caller(@Nullable String type, @Nullable String id, @Nullable String ip, @Nullable String accountId) {}

    boolean isFiller() {
        return LOST.equals(failureReason);
    }

    boolean succeeded() {
        return "Succeed".equals(result);
    }

    SeenCall.Identity identity() {
        return new SeenCall.Identity(vpcId, name, parameters == null ? Map.of() : parameters);
    }
}
