/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.numbering.etcd.CatchUp.CaughtUp;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;

/**
 * Takes numbers for calls of one VPC, and puts them on record in the same transaction. A transaction whose outcome is not
 * known is settled by a read of its record before anything else is tried: no call is ever put on record twice.
 *
 * @param batchId part of the record's name, used for nothing else
 */
record Take(Boot boot, VpcId vpcId, String batchId, List<CallRecord> calls, Instant now) {
    /**
     * What came of it.
     *
     * @param entries the first of the calls, with their numbers; fewer than all when there was no room for more
     * @param count the counter as it was seen last
     * @param records what is now on record with this node, by record: the entries, and fillers if the log was opened
     */
    record Taken(List<AuditEntry> entries, Count count, Map<String, List<AuditEntry>> records) {}

    /** Begins with what is known of the counter, which may be out of date. */
    Step<Taken> begin(Optional<Count> known) {
        return known.filter(count -> count.room() > 0)
            .map(count -> numbered(count, Map.of()))
            .orElseGet(() -> new Looking(this));
    }

    private Step<Taken> numbered(Count count, Map<String, List<AuditEntry>> fillers) {
        if (count.room() <= 0) {
            return new Step.Refused<>(Step.Reason.NO_ROOM, count.whyNoRoom());
        }
        List<AuditEntry> entries = new ArrayList<>();
        for (CallRecord call : calls.subList(0, (int) Math.min(count.room(), calls.size()))) {
            entries.add(new AuditEntry(count.highest() + 1 + entries.size(), call));
        }
        return new Committing(this, count, List.copyOf(entries), fillers);
    }

    private Step<Taken> opened(Step<CaughtUp> opening) {
        return switch (opening) {
            case Step.Asking<CaughtUp> asking -> new Opening(this, asking);
            case Step.Refused<CaughtUp>(var reason, String text) -> new Step.Refused<>(reason, text);
            case Step.Done<CaughtUp>(CaughtUp(Count count, var fillers)) -> numbered(count, fillers);
        };
    }

    private Step<Taken> seen(View view) {
        if (!view.alive()) {
            return Step.Refused.withoutLife();
        }
        return view.count()
            .map(count -> numbered(count, Map.of()))
            .orElseGet(() -> opened(new CatchUp(boot, vpcId, batchId, now).beginWithoutCounter()));
    }

    /** Reads the counter. */
    record Looking(Take work) implements Step.Asking<Taken> {
        @Override
        public Request request() {
            return Transaction.reading(View.reads(work.boot, work.vpcId));
        }

        @Override
        public Step<Taken> after(Answer answer) {
            return answer instanceof Answer.Transacted read ? work.seen(View.of(work.boot, read)) : this;
        }
    }

    /** Makes the counter that is missing. */
    record Opening(Take work, Step.Asking<CaughtUp> opening) implements Step.Asking<Taken> {
        @Override
        public Request request() {
            return opening.request();
        }

        @Override
        public Step<Taken> after(Answer answer) {
            return work.opened(opening.after(answer));
        }
    }

    /** Takes the numbers that follow the counter. */
    record Committing(Take work, Count before, List<AuditEntry> entries, Map<String, List<AuditEntry>> fillers)
            implements
                Step.Asking<Taken> {
        String recordKey() {
            return new RecordKey(work.vpcId, before.highest() + 1, work.boot.id(), work.batchId).text();
        }

        @Override
        public Request request() {
            String counter = Keys.counter(work.vpcId);
            return new Transaction(
                    List.of(Condition.unchanged(counter, before.modified()), work.boot.alive()),
                    List.of(new Change.Put(counter, new Value.Counter(before.highest() + entries.size())),
                            new Change.Put(recordKey(), new Value.Batch(entries))),
                    View.reads(work.boot, work.vpcId, recordKey()));
        }

        @Override
        public Step<Taken> after(Answer answer) {
            return answer instanceof Answer.Transacted transacted ? settled(transacted) : new Settling(this);
        }

        /** A transaction that is said to have failed may have been made before, so its record decides. */
        private Step<Taken> settled(Answer.Transacted answer) {
            View view = View.of(work.boot, answer);
            if (view.records().getFirst().isPresent() && view.count().isPresent()) {
                return new Step.Done<>(taken(view.count().get()));
            }
            boolean unmoved = view.count().filter(count -> count.modified() == before.modified()).isPresent();
            return view.alive() && unmoved ? this : work.seen(view);
        }

        private Taken taken(Count count) {
            Map<String, List<AuditEntry>> records = new HashMap<>(fillers);
            records.put(recordKey(), entries);
            return new Taken(entries, count, records);
        }
    }

    /** Finds out whether a transaction was made. Once the counter has moved on without it, it never will be. */
    record Settling(Committing open) implements Step.Asking<Taken> {
        @Override
        public Request request() {
            return Transaction.reading(View.reads(open.work.boot, open.work.vpcId, open.recordKey()));
        }

        @Override
        public Step<Taken> after(Answer answer) {
            return answer instanceof Answer.Transacted read ? open.settled(read) : this;
        }
    }
}
