/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.List;
import java.util.Optional;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;

/** Takes over the record of a node that is gone. One of those who try gets it. */
record Claim(Boot boot, RecordKey abandoned) {
    /** The record under its new name, and its entries. */
    record Claimed(String recordKey, List<AuditEntry> entries) {}

    /** Results in nothing when its owner lives, or another was faster. */
    Step<Optional<Claimed>> begin() {
        return new Looking(this);
    }

    private String newKey() {
        return abandoned.ownedBy(boot.id()).text();
    }

    /** Reads the record, and whether its owner lives. */
    record Looking(Claim work) implements Step.Asking<Optional<Claimed>> {
        @Override
        public Request request() {
            return Transaction.reading(List.of(new Read.Of(work.abandoned.text()),
                    new Read.Of(Keys.node(work.abandoned.owner()))));
        }

        @Override
        public Step<Optional<Claimed>> after(Answer answer) {
            if (!(answer instanceof Answer.Transacted read)) {
                return this;
            }
            Optional<Cell> record = read.found().get(0);
            boolean lives = read.found().get(1).isPresent();
            return record.isPresent() && !lives
                    ? new Committing(work, record.get())
                    : new Step.Done<>(Optional.empty());
        }
    }

    /** Gives the record this node's name. Should that not be known to have worked, a later look at its own records tells. */
    record Committing(Claim work, Cell record) implements Step.Asking<Optional<Claimed>> {
        @Override
        public Request request() {
            return new Transaction(
                    List.of(Condition.unchanged(record.key(), record.modified()),
                            Condition.absent(Keys.node(work.abandoned.owner())), work.boot.alive()),
                    List.of(new Change.Delete(record.key()),
                            new Change.Put(work.newKey(), new Value.Batch(View.entries(record)))),
                    List.of());
        }

        @Override
        public Step<Optional<Claimed>> after(Answer answer) {
            boolean won = answer instanceof Answer.Transacted transacted && transacted.applied();
            return new Step.Done<>(won
                    ? Optional.of(new Claimed(work.newKey(), View.entries(record)))
                    : Optional.empty());
        }
    }
}
