/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** Which entry is which call's: one for each 200 and 400, at most one for any other, none that nobody made. */
final class CallsAndEntries {
    private final Findings findings;
    private final Map<SeenCall.Identity, List<StoredEntry>> entries = new HashMap<>();

    CallsAndEntries(List<SeenCall> calls, StoredLog log, Findings findings) {
        this.findings = findings;
        log.entries()
            .values()
            .stream()
            .flatMap(List::stream)
            .filter(stored -> !stored.entry().isFiller())
            .forEach(
                    stored -> entries.computeIfAbsent(stored.entry().identity(), _ -> new ArrayList<>()).add(stored));
        calls.forEach(this::check);
        requireNoneInvented(calls);
    }

    /** The entry of a call; empty if it has none. */
    Optional<StoredEntry> entryOf(SeenCall call) {
        return entriesOf(call).stream().findFirst();
    }

    private List<StoredEntry> entriesOf(SeenCall call) {
        return entries.getOrDefault(call.identity(), List.of());
    }

    private void check(SeenCall call) {
        List<StoredEntry> found = entriesOf(call);
        if (found.size() > 1) {
            findings.add("%s has numbers %s for one call: %s".formatted(call.vpcId(),
                    found.stream().map(StoredEntry::number).toList(), call));
        }
        if (found.isEmpty() && call.isOnLog()) {
            findings.add("%s has no entry for %s".formatted(call.vpcId(), call));
        }
        if (call.hasStatus(500)) {
            findings.add("%s got status 500, which is a bug: %s".formatted(call.vpcId(), call));
        }
        found.forEach(stored -> compare(call, stored.entry()));
    }

    private void compare(SeenCall call, Entry entry) {
        if (call.isOnLog() && entry.succeeded() != call.succeeded()) {
            differs(call, entry, "the result", entry.result());
        }
        if (call.refused() && !reasonIsGiven(call, entry)) {
            differs(call, entry, "the reason", entry.failureReason());
        }
        if (!call.sourceIp().equals(entry.caller().ip())) {
            differs(call, entry, "the address", entry.caller().ip());
        }
        if (!call.accountId().equals(entry.caller().accountId())) {
            differs(call, entry, "the account", entry.caller().accountId());
        }
        compareTimes(call, entry);
    }

    /** A problem's message begins with the reason that the log gives. */
    private static boolean reasonIsGiven(SeenCall call, Entry entry) {
        String reason = entry.failureReason();
        return call.outcome() instanceof SeenCall.Outcome.Answered(_, String message) && reason != null
                && message.startsWith(reason);
    }

    /** A call without 200 or 400 may go on behind the client's back. */
    private void compareTimes(SeenCall call, Entry entry) {
        boolean early = Objects.requireNonNull(entry.start()).isBefore(call.begin().truncatedTo(ChronoUnit.MICROS));
        boolean late = call.isOnLog() && entry.end().isAfter(call.end());
        if (early || late) {
            differs(call, entry, "a time outside of the call's", entry.start() + " to " + entry.end());
        }
    }

    private void differs(SeenCall call, Entry entry, String what, @Nullable Object found) {
        findings.add(entry.vpcId(), entry.number(), "has %s <%s> for %s".formatted(what, found, call));
    }

    private void requireNoneInvented(List<SeenCall> calls) {
        Set<SeenCall.Identity> made = new HashSet<>();
        for (SeenCall call : calls) {
            if (!made.add(call.identity())) {
                throw new IllegalArgumentException("two calls cannot be told apart: " + call);
            }
        }
        entries.forEach((identity, found) -> {
            if (!made.contains(identity)) {
                found.forEach(
                        stored -> findings.add(identity.vpcId(), stored.number(), "is of a call that nobody made"));
            }
        });
    }
}
