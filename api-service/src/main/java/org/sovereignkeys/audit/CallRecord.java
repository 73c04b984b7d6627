/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;

/**
 * What there is to say of one call, before it has a number. Times are cut to the microsecond.
 *
 * @param vpcId whose log it goes to
 * @param start when the call came; null in the filler of a lost entry
 * @param end when its work was done
 * @param failure why it failed; null when it succeeded
 */
public record CallRecord(VpcId vpcId, @Nullable Instant start, Instant end, Caller caller, Call call,
        @Nullable FailureReason failure) {
    public CallRecord {
        start = start == null ? null : start.truncatedTo(ChronoUnit.MICROS);
        end = end.truncatedTo(ChronoUnit.MICROS);
    }

    /** What there is to say of a customer's call. */
    public CallRecord(Customer customer, @Nullable Instant start, Instant end, Caller caller, Call call,
            @Nullable FailureReason failure) {
        this(customer.vpcId(), start, end, caller, call, failure);
    }

    /**
     * What there is to say of a number whose entry was lost in flight: nothing but that.
     *
     * @param end the time of filling
     */
    public static CallRecord lostInFlight(VpcId vpcId, Instant end) {
        return new CallRecord(vpcId, null, end, new Caller(null, null, null), new Call(null, null),
                FailureReason.LOST_IN_FLIGHT);
    }

    /** Whether it fills a number whose entry was lost. */
    public boolean isFiller() {
        return failure == FailureReason.LOST_IN_FLIGHT;
    }

    /** Why it failed, or empty when it succeeded. */
    public Optional<FailureReason> failureReason() {
        return Optional.ofNullable(failure);
    }
}
