/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.memory;

import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.numbering.Recovery;
import org.sovereignkeys.customer.VpcId;

/** The highest number of a VPC, and its entries on record. No method waits for anything but another one. */
final class VpcCounter {
    private final NavigableMap<Long, AuditEntry> onRecord = new TreeMap<>();
    private long highest;

    VpcCounter(VpcId vpcId, AuditStore.Tail tail, Instant now) {
        goOn(Recovery.of(vpcId, tail, 0, now));
    }

    synchronized AuditEntry take(CallRecord call) {
        long number = highest + 1;
        if (!onRecord.isEmpty() && number - onRecord.firstKey() >= AuditStore.TAIL_LENGTH) {
            throw new AuditUnavailableException("Number " + onRecord.firstKey() + " of " + call.vpcId()
                    + " is not stored yet: no number so far above it is given out", null);
        }
        if (number > AuditStore.MAX_NUMBER) {
            throw new AuditUnavailableException("The log of " + call.vpcId() + " is full", null);
        }
        AuditEntry entry = new AuditEntry(number, call);
        onRecord.put(number, entry);
        highest = number;
        return entry;
    }

    synchronized void settle(AuditEntry entry) {
        onRecord.remove(entry.number(), entry);
    }

    synchronized AuditEntry renumber(AuditEntry entry, AuditStore.Tail tail, Instant now) {
        if (!onRecord.remove(entry.number(), entry)) {
            throw new AuditUnavailableException("Number " + entry.number() + " was seen to by another", null);
        }
        goOn(Recovery.of(entry.record().vpcId(), tail, highest, now));
        if (entry.record().isFiller()) {
            return entry;
        }
        try {
            return take(entry.record());
        } catch (AuditUnavailableException e) {
            onRecord.put(entry.number(), entry);
            throw e;
        }
    }

    private void goOn(Recovery recovery) {
        recovery.fillers().forEach(filler -> onRecord.put(filler.number(), filler));
        highest = recovery.highest();
    }

    synchronized List<AuditEntry> onRecord() {
        return List.copyOf(onRecord.values());
    }

    synchronized int recordCount() {
        return onRecord.size();
    }
}
