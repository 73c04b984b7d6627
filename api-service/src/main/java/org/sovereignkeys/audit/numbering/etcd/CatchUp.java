/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore.Tail;
import org.sovereignkeys.audit.numbering.Recovery;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;

/**
 * Brings a VPC's counter up to the highest number in the store, and puts fillers on record for what is missing above the
 * old counter. Where there is no counter it makes one: from the store, never from 1.
 *
 * @param batchId for the records of the fillers
 * @param now the time of filling
 */
record CatchUp(Boot boot, VpcId vpcId, String batchId, Instant now) {
    static final int MAX_ENTRIES = 100;

    /**
     * What came of it.
     *
     * @param records fillers that are now on record with this node, by record
     */
    record CaughtUp(Count count, Map<String, List<AuditEntry>> records) {}

    Step<CaughtUp> begin() {
        return new Looking(this);
    }

    /** Begins where the counter is known to be missing. */
    Step<CaughtUp> beginWithoutCounter() {
        return new Listing(this, Optional.empty());
    }

    private Step<CaughtUp> compared(Optional<Count> count, Tail tail) {
        if (count.isPresent() && count.get().highest() >= tail.highest()) {
            return new Step.Done<>(new CaughtUp(count.get(), Map.of()));
        }
        Recovery recovery = Recovery.of(vpcId, tail, count.map(Count::highest).orElse(0L), now);
        return new Committing(this, count, tail, recovery.highest(), records(recovery.fillers()));
    }

    private Map<String, List<AuditEntry>> records(List<AuditEntry> fillers) {
        Map<String, List<AuditEntry>> records = new LinkedHashMap<>();
        for (int from = 0; from < fillers.size(); from += MAX_ENTRIES) {
            List<AuditEntry> batch = List.copyOf(
                    fillers.subList(from, Math.min(from + MAX_ENTRIES, fillers.size())));
            records.put(new RecordKey(vpcId, batch.getFirst().number(), boot.id(), batchId).text(), batch);
        }
        return records;
    }

    /** Reads the counter. */
    record Looking(CatchUp work) implements Step.Asking<CaughtUp> {
        @Override
        public Request request() {
            return Transaction.reading(View.reads(work.boot, work.vpcId));
        }

        @Override
        public Step<CaughtUp> after(Answer answer) {
            if (!(answer instanceof Answer.Transacted read)) {
                return this;
            }
            View view = View.of(work.boot, read);
            return view.alive() ? new Listing(work, view.count()) : Step.Refused.withoutLife();
        }
    }

    /** Reads the end of the log. */
    record Listing(CatchUp work, Optional<Count> count) implements Step.Asking<CaughtUp> {
        @Override
        public Request request() {
            return new Request.EndOfLog(work.vpcId);
        }

        @Override
        public Step<CaughtUp> after(Answer answer) {
            return answer instanceof Answer.End end ? work.compared(count, end.tail()) : this;
        }
    }

    /** Moves the counter. When it is not known whether it did, a look at the counter tells. */
    record Committing(CatchUp work, Optional<Count> before, Tail tail, long highest,
            Map<String, List<AuditEntry>> records) implements Step.Asking<CaughtUp> {
        @Override
        public Request request() {
            String counter = Keys.counter(work.vpcId);
            List<Change> changes = new ArrayList<>();
            changes.add(new Change.Put(counter, new Value.Counter(highest)));
            records.forEach((key, entries) -> changes.add(new Change.Put(key, new Value.Batch(entries))));
            Condition unmoved = before.map(count -> Condition.unchanged(counter, count.modified()))
                .orElseGet(() -> Condition.absent(counter));
            return new Transaction(List.of(unmoved, work.boot.alive()), changes, View.reads(work.boot, work.vpcId));
        }

        @Override
        public Step<CaughtUp> after(Answer answer) {
            if (!(answer instanceof Answer.Transacted transacted)) {
                return work.begin();
            }
            View view = View.of(work.boot, transacted);
            if (transacted.applied() && view.count().isPresent()) {
                return new Step.Done<>(new CaughtUp(view.count().get(), records));
            }
            return view.alive() ? work.compared(view.count(), tail) : Step.Refused.withoutLife();
        }
    }
}
