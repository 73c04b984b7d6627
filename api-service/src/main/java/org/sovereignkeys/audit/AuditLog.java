/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

/** The audit log. Safe for use by many threads. */
public interface AuditLog {
    /**
     * Numbers, signs and stores an entry. On return it is durable; only then may the answer leave. Waits a bounded time.
     *
     * @return the entry's number in the log of its VPC
     * @throws AuditUnavailableException when the entry could not be stored in time: nothing may be handed to the caller. It
     *             may still be stored later; its result says what the HSM did, not whether the answer arrived
     */
    long append(CallRecord call);

    /** Whether entries wait because the last tries to store them failed: no call can be answered then. Never blocks. */
    default boolean isFailing() {
        return false;
    }
}
