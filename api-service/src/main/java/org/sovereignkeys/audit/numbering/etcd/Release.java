/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.sovereignkeys.audit.numbering.etcd.CatchUp.CaughtUp;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.customer.VpcId;

/**
 * Drops records whose entries are all stored. When etcd lost its data meanwhile, the new counter may stand below what was
 * stored; then it catches up, or numbers would be missing that nobody knows of.
 *
 * @param recordKeys at most as many as one transaction may change
 * @param highest highest number that was stored from them
 */
record Release(Boot boot, VpcId vpcId, String batchId, Instant now, List<String> recordKeys, long highest) {
    static final int MAX_RECORDS = 100;

    Step<CaughtUp> begin() {
        return new Deleting(this);
    }

    /** Drops the records. To do it again does no harm: their names are not used twice. */
    record Deleting(Release work) implements Step.Asking<CaughtUp> {
        @Override
        public Request request() {
            return new Transaction(List.of(),
                    work.recordKeys.stream().<Change>map(Change.Delete::new).toList(),
                    View.reads(work.boot, work.vpcId));
        }

        @Override
        public Step<CaughtUp> after(Answer answer) {
            if (!(answer instanceof Answer.Transacted transacted)) {
                return this;
            }
            Optional<Count> count = View.of(work.boot, transacted).count();
            return count.isPresent() && count.get().highest() >= work.highest
                    ? new Step.Done<>(new CaughtUp(count.get(), Map.of()))
                    : new CatchUp(work.boot, work.vpcId, work.batchId, work.now).begin();
        }
    }
}
