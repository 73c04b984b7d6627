/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;

/**
 * What most steps look at, as of one revision.
 *
 * @param count empty if the VPC has no counter
 * @param alive whether the node is what it thinks it is
 * @param records the records that were asked for, in order
 */
record View(Optional<Count> count, boolean alive, List<Optional<Cell>> records) {
    private static final int COMMON = 3;

    static List<Read> reads(Boot boot, VpcId vpcId, String... recordKeys) {
        List<Read> reads = new ArrayList<>(List.of(new Read.Of(Keys.counter(vpcId)), boot.look(),
                new Read.Lowest(Keys.records(vpcId))));
        Arrays.stream(recordKeys).map(Read.Of::new).forEach(reads::add);
        return reads;
    }

    static View of(Boot boot, Answer.Transacted answer) {
        List<Optional<Cell>> found = answer.found();
        long lowest = found.get(2).map(cell -> RecordKey.lowestNumber(cell.key())).orElse(Count.NONE);
        Optional<Count> count = found.get(0)
            .flatMap(cell -> cell.value() instanceof Value.Counter(long highest)
                    ? Optional.of(new Count(highest, cell.modified(), lowest))
                    : Optional.empty());
        return new View(count, boot.is(found.get(1)), found.subList(COMMON, found.size()));
    }

    /** The entries of a record; throws {@link IllegalArgumentException} if it is none: they are not known then. */
    static List<AuditEntry> entries(Cell record) {
        if (record.value() instanceof Value.Batch batch) {
            return batch.entries();
        }
        throw new IllegalArgumentException("not a record: " + record.key());
    }
}
