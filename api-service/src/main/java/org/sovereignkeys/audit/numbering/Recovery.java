/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.time.Instant;
import java.util.List;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.customer.VpcId;

/**
 * Where numbering goes on when there is no counter, or the store is ahead of it: behind the highest number in the store,
 * never at 1. What is missing in the log's tail was in flight and is filled; what is missing before it cannot have been,
 * and is evidence of removal: it is left as it is.
 *
 * @param highest the number that the next one follows
 * @param fillers entries for the missing numbers, to be put on record; ascending
 */
public record Recovery(long highest, List<AuditEntry> fillers) {
    /**
     * Works out a recovery.
     *
     * @param tail the end of the VPC's log in the store
     * @param counter highest number that was taken, all below it being stored or on record; 0 if there is no counter
     * @param now the time of filling
     */
    public static Recovery of(VpcId vpcId, AuditStore.Tail tail, long counter, Instant now) {
        CallRecord lost = CallRecord.lostInFlight(vpcId, now);
        return new Recovery(Math.max(tail.highest(), counter),
                tail.holes()
                    .stream()
                    .filter(number -> number > counter)
                    .map(number -> new AuditEntry(number, lost))
                    .toList());
    }
}
