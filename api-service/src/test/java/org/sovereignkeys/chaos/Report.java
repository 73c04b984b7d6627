/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the checker found.
 *
 * @param counts by VPC
 * @param violations a sentence each, which names VPC and number
 */
public record Report(SortedMap<String, Counts> counts, List<String> violations) {
    public Report {
        counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
        violations = List.copyOf(violations);
    }

    /**
     * Calls and entries.
     *
     * @param calls that clients made
     * @param answers200 calls answered 200
     * @param answers400 calls answered 400
     * @param answers503 calls answered 503
     * @param otherAnswers calls answered otherwise
     * @param unanswered calls without answer
     * @param entries in the service's bucket, fillers among them
     * @param entriesOf200 entries of calls answered 200
     * @param entriesOf400 entries of calls answered 400
     * @param entriesWithoutAnswer entries of calls that got neither
     * @param fillers entries that say that one was lost
     * @param copies objects in the customer's bucket
     */
    public record Counts(long calls, long answers200, long answers400, long answers503, long otherAnswers,
            long unanswered, long entries, long entriesOf200, long entriesOf400, long entriesWithoutAnswer,
            long fillers, long copies) {
        private static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(calls + other.calls, answers200 + other.answers200, answers400 + other.answers400,
                    answers503 + other.answers503, otherAnswers + other.otherAnswers, unanswered + other.unanswered,
                    entries + other.entries, entriesOf200 + other.entriesOf200, entriesOf400 + other.entriesOf400,
                    entriesWithoutAnswer + other.entriesWithoutAnswer, fillers + other.fillers, copies + other.copies);
        }

        private List<Map.Entry<String, Long>> named() {
            return List.of(Map.entry("calls", calls), Map.entry("answers of 200", answers200),
                    Map.entry("answers of 400", answers400), Map.entry("answers of 503", answers503),
                    Map.entry("other answers", otherAnswers), Map.entry("calls without answer", unanswered),
                    Map.entry("entries", entries), Map.entry("entries of 200", entriesOf200),
                    Map.entry("entries of 400", entriesOf400),
                    Map.entry("entries of neither", entriesWithoutAnswer), Map.entry("fillers", fillers),
                    Map.entry("copies", copies));
        }
    }

    /** All VPCs together. */
    public Counts total() {
        return counts.values().stream().reduce(Counts.NONE, Counts::plus);
    }

    /** Name and value, a line each: all VPCs together, violations, entries and fillers of each VPC. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        total().named().forEach(count -> lines.add(count.getKey() + ": " + count.getValue()));
        counts.forEach((vpcId, count) -> lines
            .add("%s: %d entries, %d fillers".formatted(vpcId, count.entries, count.fillers)));
        lines.add("violations: " + violations.size());
        return lines;
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>(lines());
        lines.addAll(violations);
        return String.join("\n", lines);
    }
}
