/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.NumberRange;
import org.sovereignkeys.customer.VpcId;

/**
 * Looks through the logs of all VPCs once, when asked to: puts what was lost in flight on record, and reports what is
 * missing before that. What cannot be read is tried again.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
    private static final int MAX_RANGES_LOGGED = 20;

    private final Numbering numbering;
    private final AuditStore store;
    private final AuditMeters meters;
    private final Set<VpcId> recovered = new HashSet<>();
    private volatile boolean wanted;

    LogRecovery(Numbering numbering, AuditStore store, AuditMeters meters) {
        this.numbering = numbering;
        this.store = store;
        this.meters = meters;
    }

    void request() {
        wanted = true;
    }

    /** Does what was asked for, as far as it can be done now. For one thread only. */
    void proceed() {
        if (!wanted) {
            return;
        }
        wanted = false;
        try {
            for (VpcId vpcId : store.vpcIds()) {
                if (!recovered.contains(vpcId)) {
                    recover(vpcId);
                }
            }
        } catch (RuntimeException e) {
            tryAgain("The logs cannot be listed", e);
        }
    }

    private void recover(VpcId vpcId) {
        try {
            numbering.open(vpcId);
            reportOldHoles(vpcId);
            recovered.add(vpcId);
        } catch (AuditUnavailableException e) {
            tryAgain("The log of " + vpcId + " cannot be read", e);
        }
    }

    private void reportOldHoles(VpcId vpcId) {
        List<NumberRange> holes = store.holesBefore(vpcId, store.tail(vpcId).first());
        if (holes.isEmpty()) {
            return;
        }
        long count = holes.stream().mapToLong(NumberRange::count).sum();
        meters.oldHolesFound(count);
        LOG.error("{} entries of {} are missing that cannot have been in flight: they were removed. Numbers: {}{}",
                count,
                vpcId, holes.subList(0, Math.min(holes.size(), MAX_RANGES_LOGGED)),
                holes.size() > MAX_RANGES_LOGGED ? " and more" : "");
    }

    private void tryAgain(String what, RuntimeException e) {
        wanted = true;
        LOG.warn("{}; it is tried again", what, e);
    }
}
