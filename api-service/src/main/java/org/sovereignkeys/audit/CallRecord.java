/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.customer.Customer;

/**
 * What there is to say of one call, before it has a number.
 *
 * @param customer whose log it goes to
 * @param start when the call came; null in the filler of a lost entry
 * @param end when its work was done
 * @param failure why it failed; null when it succeeded
 */
public record CallRecord(Customer customer, @Nullable Instant start, Instant end, Caller caller, Call call,
        @Nullable FailureReason failure) {

    /** Why it failed, or empty when it succeeded. */
    public Optional<FailureReason> failureReason() {
        return Optional.ofNullable(failure);
    }
}
