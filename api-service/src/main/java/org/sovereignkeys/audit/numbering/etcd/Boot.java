/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.Optional;

import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;

/**
 * What a node is while its key of liveness stands. The id is random: a node that lost its lease, or whose etcd lost its
 * data, comes back under another.
 *
 * @param created revision at which the key was made
 */
record Boot(String id, long created) {
    Condition alive() {
        return new Condition(Keys.node(id), Condition.Of.CREATION, created);
    }

    Read look() {
        return new Read.Of(Keys.node(id));
    }

    boolean is(Optional<Cell> found) {
        return found.isPresent() && found.get().created() == created;
    }
}
