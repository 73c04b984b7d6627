/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Fillers stand only where etcd's data was lost, each for a call of its own that was begun before the loss ended, got
 * neither 200 nor 400, and has no entry; and only within 1,000 of the log's end.
 */
final class Fillers {
    private static final int TAIL = 1_000;
    private static final Duration CUT_OFF = Duration.ofSeconds(1);

    private final List<Loss> losses;
    private final CallsAndEntries matches;
    private final Findings findings;

    Fillers(List<Loss> losses, CallsAndEntries matches, Findings findings) {
        this.losses = losses;
        this.matches = matches;
        this.findings = findings;
    }

    void check(String vpcId, List<SeenCall> calls, List<StoredEntry> log) {
        List<StoredEntry> fillers = log.stream()
            .filter(stored -> stored.entry().isFiller())
            .sorted(Comparator.comparing(stored -> stored.entry().end()))
            .toList();
        requireLostCalls(vpcId, calls, fillers);
        fillers.forEach(filler -> requireInTail(vpcId, filler, log));
    }

    /** Whoever could be the lost call of a filler could be that of a later one too, so the first that fits is taken. */
    private void requireLostCalls(String vpcId, List<SeenCall> calls, List<StoredEntry> fillers) {
        List<Instant> lost = calls.stream()
            .filter(call -> call.mayHaveBeenLost() && matches.entryOf(call).isEmpty())
            .map(SeenCall::begin)
            .sorted()
            .toList();
        int used = 0;
        for (StoredEntry filler : fillers) {
            Optional<Instant> lossEnd = lastLossBefore(filler.entry().end());
            if (lossEnd.isEmpty()) {
                findings.add(vpcId, filler.number(), "is a filler, and no loss is on record before it");
            } else if (used < lost.size() && lost.get(used).isBefore(lossEnd.get())) {
                used++;
            } else {
                findings.add(vpcId, filler.number(), "is a filler without a lost call of its own");
            }
        }
    }

    private Optional<Instant> lastLossBefore(Instant filled) {
        return losses.stream()
            .filter(loss -> !loss.begin().truncatedTo(ChronoUnit.MICROS).isAfter(filled))
            .map(Loss::end)
            .max(Comparator.naturalOrder());
    }

    private void requireInTail(String vpcId, StoredEntry filler, List<StoredEntry> log) {
        long highest = log.stream()
            .filter(stored -> !stored.stored().plus(CUT_OFF).isAfter(filler.entry().end()))
            .mapToLong(StoredEntry::number)
            .max()
            .orElse(0);
        if (filler.number() <= highest - TAIL) {
            findings.add(vpcId, filler.number(), "is a filler, though the log went to " + highest + " by then");
        }
    }
}
