/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import org.sovereignkeys.customer.VpcId;

/**
 * The copies of entries that customers keep in buckets of their own. They follow the log: an entry is copied once it is
 * stored, and what could not be copied is tried until it is. Safe for use by many threads.
 */
public interface CustomerCopies {
    /** For a log of which nobody keeps copies. */
    CustomerCopies NONE = new CustomerCopies() {
        @Override
        public void copy(VpcId vpcId, long number, byte[] json, Runnable whenKept) {
            whenKept.run();
        }

        @Override
        public void copyLater(VpcId vpcId, long number, Runnable whenKept) {
            whenKept.run();
        }
    };

    /**
     * Copies an entry that was stored just now, and waits for the copy for a moment; or, where a copy is required, until it
     * is made.
     *
     * @param json the bytes that stand in the log
     * @param whenKept is run when the copy does not depend on the entry's record any more: it is made, or there is none to
     *            make, or it would be made if this node were gone. By any thread, perhaps more than once
     * @throws AuditUnavailableException if the copy is required and could not be made: it is made in the background, but
     *             nothing may be handed to the caller
     */
    void copy(VpcId vpcId, long number, byte[] json, Runnable whenKept);

    /** Has an entry that is stored copied in the background. Never waits. */
    void copyLater(VpcId vpcId, long number, Runnable whenKept);
}
