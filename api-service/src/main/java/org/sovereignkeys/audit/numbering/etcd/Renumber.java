/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.numbering.etcd.CatchUp.CaughtUp;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;

/**
 * Gives an entry another number, because something else stands under its own: first the counter catches up with the store,
 * then the entry moves from its record to one of its own, in one transaction. Only who has the record may do it.
 *
 * @param recordKey the record that the entry stands on
 */
record Renumber(Boot boot, String batchId, Instant now, AuditEntry entry, String recordKey) {
    /** What came of it. */
    sealed interface Renumbered {
        /**
         * The entry has another number.
         *
         * @param records what is now on record with this node besides, by record
         */
        record Moved(AuditEntry entry, Count count, Map<String, List<AuditEntry>> records) implements Renumbered {}

        /** The record is gone, or does not hold the entry: another sees, or saw, to it. */
        record Gone() implements Renumbered {}
    }

    Step<Renumbered> begin() {
        return advanced(new CatchUp(boot, vpcId(), batchId, now).begin());
    }

    private VpcId vpcId() {
        return entry.record().vpcId();
    }

    private Step<Renumbered> advanced(Step<CaughtUp> advance) {
        return switch (advance) {
            case Step.Asking<CaughtUp> asking -> new Advancing(this, asking);
            case Step.Refused<CaughtUp>(var reason, String text) -> new Step.Refused<>(reason, text);
            case Step.Done<CaughtUp>(CaughtUp(_, var fillers)) -> new Looking(this, fillers);
        };
    }

    private Step<Renumbered> seen(View view, Optional<Cell> record, Map<String, List<AuditEntry>> fillers) {
        if (!view.alive()) {
            return Step.Refused.withoutLife();
        }
        if (record.isEmpty() || !View.entries(record.get()).contains(entry)) {
            return new Step.Done<>(new Renumbered.Gone());
        }
        return view.count()
            .map(count -> moved(count, record.get(), fillers))
            .orElseGet(this::begin);
    }

    /** The lowest number on record does not hold itself up: something stands under it. */
    private Step<Renumbered> moved(Count count, Cell record, Map<String, List<AuditEntry>> fillers) {
        boolean isLowest = RecordKey.of(recordKey).first() == count.lowest();
        boolean isFull = count.highest() >= AuditStore.MAX_NUMBER;
        if (isFull || (count.room() <= 0 && !isLowest)) {
            return new Step.Refused<>(Step.Reason.NO_ROOM, count.whyNoRoom());
        }
        return new Committing(this, count, record, fillers);
    }

    /** Has the counter catch up. */
    record Advancing(Renumber work, Step.Asking<CaughtUp> advance) implements Step.Asking<Renumbered> {
        @Override
        public Request request() {
            return advance.request();
        }

        @Override
        public Step<Renumbered> after(Answer answer) {
            return work.advanced(advance.after(answer));
        }
    }

    /** Reads the counter and the record. */
    record Looking(Renumber work, Map<String, List<AuditEntry>> fillers) implements Step.Asking<Renumbered> {
        @Override
        public Request request() {
            return Transaction.reading(View.reads(work.boot, work.vpcId(), work.recordKey));
        }

        @Override
        public Step<Renumbered> after(Answer answer) {
            if (!(answer instanceof Answer.Transacted read)) {
                return this;
            }
            View view = View.of(work.boot, read);
            return work.seen(view, view.records().getFirst(), fillers);
        }
    }

    /** Moves the entry. */
    record Committing(Renumber work, Count before, Cell record, Map<String, List<AuditEntry>> fillers)
            implements
                Step.Asking<Renumbered> {
        private AuditEntry moved() {
            return work.entry.withNumber(before.highest() + 1);
        }

        private String newKey() {
            return new RecordKey(work.vpcId(), before.highest() + 1, work.boot.id(), work.batchId).text();
        }

        private Transaction.Change withoutIt() {
            List<AuditEntry> rest = View.entries(record).stream().filter(other -> !other.equals(work.entry)).toList();
            return rest.isEmpty()
                    ? new Change.Delete(work.recordKey)
                    : new Change.Put(work.recordKey, new Value.Batch(rest));
        }

        @Override
        public Request request() {
            String counter = Keys.counter(work.vpcId());
            return new Transaction(
                    List.of(Condition.unchanged(counter, before.modified()),
                            Condition.unchanged(work.recordKey, record.modified()), work.boot.alive()),
                    List.of(new Change.Put(counter, new Value.Counter(before.highest() + 1)),
                            new Change.Put(newKey(), new Value.Batch(List.of(moved()))), withoutIt()),
                    View.reads(work.boot, work.vpcId(), newKey(), work.recordKey));
        }

        @Override
        public Step<Renumbered> after(Answer answer) {
            return answer instanceof Answer.Transacted transacted ? settled(transacted) : new Settling(this);
        }

        private Step<Renumbered> settled(Answer.Transacted answer) {
            View view = View.of(work.boot, answer);
            if (view.records().getFirst().isPresent() && view.count().isPresent()) {
                Map<String, List<AuditEntry>> records = new HashMap<>(fillers);
                records.put(newKey(), List.of(moved()));
                return new Step.Done<>(new Renumbered.Moved(moved(), view.count().get(), records));
            }
            return work.seen(view, view.records().getLast(), fillers);
        }
    }

    /** Finds out whether the entry was moved. */
    record Settling(Committing open) implements Step.Asking<Renumbered> {
        @Override
        public Request request() {
            return Transaction.reading(
                    View.reads(open.work.boot, open.work.vpcId(), open.newKey(), open.work.recordKey));
        }

        @Override
        public Step<Renumbered> after(Answer answer) {
            return answer instanceof Answer.Transacted read ? open.settled(read) : this;
        }
    }
}
