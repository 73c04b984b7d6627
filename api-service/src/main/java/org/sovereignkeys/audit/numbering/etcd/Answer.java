/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.List;
import java.util.Optional;

import org.sovereignkeys.audit.AuditStore;

/** What the world outside says to a {@link Request}. */
sealed interface Answer {
    /**
     * etcd answered.
     *
     * @param applied whether the conditions held, and the changes were made by this very request
     * @param revision of the store, with these changes
     * @param found by read, in their order
     */
    record Transacted(boolean applied, long revision, List<Optional<Transaction.Cell>> found) implements Answer {
        public Transacted {
            found = List.copyOf(found);
        }
    }

    /** No answer: the changes were made, or will be, or never will. */
    record Unknown() implements Answer {}

    /** The end of the log. */
    record End(AuditStore.Tail tail) implements Answer {}
}
