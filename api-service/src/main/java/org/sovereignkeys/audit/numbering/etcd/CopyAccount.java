/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.PendingNumbers;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;

/** What waits of one VPC's copy, and what of that stands in etcd under this node's boot id. Does no I/O. */
final class CopyAccount {
    /** What is copied within this time is never written. */
    private static final Duration PROMPT = Duration.ofMillis(250);
    /** How long numbers that are copied may stand in etcd. */
    private static final Duration STALE = Duration.ofSeconds(5);

    private final PendingNumbers pending = new PendingNumbers();
    /** Those of the pending that stand nowhere else. */
    private final Map<Long, Unkept> unkept = new HashMap<>();
    private @Nullable Boot boot;
    private String written = "";
    private long modified;
    private long writtenAt;
    private boolean inDoubt;
    private boolean bootIsNew;

    /** A number since when, and what is to be done when it is kept. */
    private record Unkept(long since, Runnable whenKept) {
        Unkept and(Runnable other) {
            return new Unkept(since, () -> {
                whenKept.run();
                other.run();
            });
        }
    }

    /**
     * What is to stand in etcd.
     *
     * @param modified revision of what is to be replaced; 0 if there is nothing
     * @param unkept the numbers that are kept thereby
     */
    record Draft(String text, long modified, Set<Long> unkept, PendingNumbers added) {}

    void add(long number, Runnable whenKept, long now) {
        if (!noted(number, whenKept, now)) {
            whenKept.run();
        }
    }

    private synchronized boolean noted(long number, Runnable whenKept, long now) {
        if (pending.add(number)) {
            unkept.put(number, new Unkept(now, whenKept));
            return true;
        }
        return unkept.computeIfPresent(number, (_, before) -> before.and(whenKept)) != null;
    }

    void remove(long number) {
        Unkept copied;
        synchronized (this) {
            pending.remove(number);
            copied = unkept.remove(number);
        }
        if (copied != null) {
            copied.whenKept.run();
        }
    }

    void clear() {
        Set<Long> all;
        synchronized (this) {
            pending.clear();
            all = Set.copyOf(unkept.keySet());
        }
        kept(all);
    }

    /** Lets go of records though nothing else keeps what they say. */
    void keepAll() {
        kept(draft(new PendingNumbers()).unkept());
    }

    private void kept(Set<Long> numbers) {
        List<Runnable> released = new ArrayList<>();
        synchronized (this) {
            for (long number : numbers) {
                Unkept now = unkept.remove(number);
                if (now != null) {
                    released.add(now.whenKept);
                }
            }
        }
        released.forEach(Runnable::run);
    }

    /** From now on it is written under this boot id. Under a new one nothing can stand. */
    synchronized void writeAs(Boot other) {
        if (!other.equals(boot)) {
            boot = other;
            bootIsNew = true;
            inDoubt = false;
            written = "";
            modified = 0;
        }
    }

    /** Whether it has to be written; when closing, also what would perhaps be copied at once. */
    synchronized boolean isDue(long now, boolean closing) {
        boolean lags = unkept.values()
            .stream()
            .anyMatch(number -> closing || now - number.since >= PROMPT.toNanos());
        boolean mayBeStale = !written.isEmpty() && (closing || now - writtenAt >= STALE.toNanos());
        boolean isForeign = bootIsNew && !pending.isEmpty();
        return inDoubt || lags || isForeign || (mayBeStale && !written.equals(pending.toText()));
    }

    synchronized Draft draft(PendingNumbers added) {
        PendingNumbers all = new PendingNumbers();
        all.addAll(pending);
        all.addAll(added);
        return new Draft(all.toText(), modified, Set.copyOf(unkept.keySet()), added);
    }

    synchronized boolean isInDoubt() {
        return inDoubt;
    }

    /** What stands in etcd is not known. */
    synchronized void doubt() {
        inDoubt = true;
    }

    /** The draft stands in etcd. */
    void written(Draft draft, Optional<Cell> cell, long now) {
        synchronized (this) {
            stands(cell);
            bootIsNew = false;
            writtenAt = now;
            pending.addAll(draft.added());
        }
        kept(draft.unkept());
    }

    /** What stands in etcd was looked at. Returns it if it is not what was known: a claim was made without answer. */
    synchronized PendingNumbers found(Optional<Cell> cell) {
        boolean isKnown = cell.map(Cell::modified).orElse(0L) == modified;
        stands(cell);
        PendingNumbers numbers = isKnown
                ? new PendingNumbers()
                : PendingNumbers.of(written).orElseGet(PendingNumbers::new);
        pending.addAll(numbers);
        return numbers;
    }

    private void stands(Optional<Cell> cell) {
        inDoubt = false;
        modified = cell.map(Cell::modified).orElse(0L);
        written = cell.flatMap(CopyAccount::text).orElse("");
    }

    static Optional<String> text(Cell cell) {
        return cell.value() instanceof Value.Waiting(String numbers) ? Optional.of(numbers) : Optional.empty();
    }
}
