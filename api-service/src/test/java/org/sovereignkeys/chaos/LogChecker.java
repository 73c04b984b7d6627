/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Compares what clients saw with what the buckets hold, and says where a log is not what docs/formats/audit-entry.md and
 * docs/design/audit-numbering.md promise. Written against those pages: it uses nothing of the service.
 */
public final class LogChecker {
    private final Evidence evidence;
    private final Findings findings = new Findings();

    private LogChecker(Evidence evidence) {
        this.evidence = evidence;
    }

    /**
     * Checks all there is to check.
     *
     * @throws IllegalArgumentException if two calls cannot be told apart
     */
    public static Report check(Evidence evidence) {
        return new LogChecker(evidence).check();
    }

    private Report check() {
        StoredLog log = new StoredLog(evidence.log(), evidence.signingKey(), findings);
        CallsAndEntries matches = new CallsAndEntries(evidence.calls(), log, findings);
        Fillers fillers = new Fillers(evidence.losses(), matches, findings);
        NumbersInTime order = new NumbersInTime(evidence.losses(), findings);
        Copies copies = new Copies(log, evidence.copiesComplete(), findings);
        SortedMap<String, Report.Counts> counts = new TreeMap<>();
        for (String vpcId : vpcIds(log)) {
            List<SeenCall> calls = evidence.calls().stream().filter(call -> call.vpcId().equals(vpcId)).toList();
            List<StoredEntry> entries = log.entries().getOrDefault(vpcId, List.of());
            fillers.check(vpcId, calls, entries);
            order.check(vpcId, numbered(calls, matches));
            counts.put(vpcId, counts(vpcId, calls, entries, matches));
        }
        evidence.copies().forEach(copies::check);
        return new Report(counts, findings.sentences());
    }

    private Collection<String> vpcIds(StoredLog log) {
        Collection<String> vpcIds = new TreeSet<>(log.entries().keySet());
        evidence.calls().forEach(call -> vpcIds.add(call.vpcId()));
        vpcIds.addAll(evidence.copies().keySet());
        return vpcIds;
    }

    private static List<NumbersInTime.Numbered> numbered(List<SeenCall> calls, CallsAndEntries matches) {
        return calls.stream()
            .flatMap(call -> matches.entryOf(call)
                .map(stored -> new NumbersInTime.Numbered(call, stored.number()))
                .stream())
            .toList();
    }

    private Report.Counts counts(String vpcId, List<SeenCall> calls, List<StoredEntry> entries,
            CallsAndEntries matches) {
        List<SeenCall> withEntry = calls.stream().filter(call -> matches.entryOf(call).isPresent()).toList();
        long unanswered = count(calls, call -> call.outcome() instanceof SeenCall.Outcome.Unanswered);
        long of200 = count(calls, SeenCall::succeeded);
        long of400 = count(calls, SeenCall::refused);
        long of503 = count(calls, call -> call.hasStatus(503));
        return new Report.Counts(calls.size(), of200, of400, of503, calls.size() - of200 - of400 - of503 - unanswered,
                unanswered, entries.size(), count(withEntry, SeenCall::succeeded), count(withEntry, SeenCall::refused),
                count(withEntry, call -> !call.isOnLog()),
                entries.stream().filter(stored -> stored.entry().isFiller()).count(),
                evidence.copies().getOrDefault(vpcId, List.of()).size());
    }

    private static long count(List<SeenCall> calls, Predicate<SeenCall> which) {
        return calls.stream().filter(which).count();
    }
}
