/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Who called after another was answered has the higher number. So it is, for a number is taken during the call, from a
 * counter that only rises, and that a loss of etcd's data makes begin behind all that was stored before. It is not asked
 * of what was answered 200 or 400 during a loss or across it: such an entry may be stored under a number of the lost
 * counter when the new one has begun below.
 */
final class NumbersInTime {
    private final List<Loss> losses;
    private final Findings findings;

    NumbersInTime(List<Loss> losses, Findings findings) {
        this.losses = losses;
        this.findings = findings;
    }

    /** A call and its number. */
    record Numbered(SeenCall call, long number) {}

    void check(String vpcId, List<Numbered> calls) {
        Deque<Numbered> answered = new ArrayDeque<>(calls.stream()
            .filter(numbered -> numbered.call.isOnLog() && !isInLoss(numbered.call))
            .sorted(Comparator.comparing(numbered -> numbered.call.end()))
            .toList());
        long highest = 0;
        for (Numbered later : calls.stream().sorted(Comparator.comparing(numbered -> numbered.call.begin())).toList()) {
            highest = Math.max(highest, highestBefore(later.call.begin(), answered));
            if (later.number < highest) {
                findings.add(vpcId, later.number,
                        "is of a call that began when number " + highest + " had been answered: " + later.call);
            }
        }
    }

    private boolean isInLoss(SeenCall call) {
        return losses.stream().anyMatch(loss -> loss.overlaps(call));
    }

    private static long highestBefore(Instant begin, Deque<Numbered> byEnd) {
        long highest = 0;
        while (!byEnd.isEmpty() && byEnd.getFirst().call.end().isBefore(begin)) {
            highest = Math.max(highest, byEnd.removeFirst().number);
        }
        return highest;
    }
}
