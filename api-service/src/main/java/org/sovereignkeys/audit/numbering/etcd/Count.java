/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import org.sovereignkeys.audit.AuditStore;

/**
 * A VPC's counter as it was seen.
 *
 * @param highest highest number that was taken
 * @param modified revision of its last change
 * @param lowest lowest number on record; it only rises while the counter is unchanged. {@link #NONE} if there is none
 */
record Count(long highest, long modified, long lowest) {
    static final long NONE = Long.MAX_VALUE;

    /** How many numbers may be taken now. */
    long room() {
        long reach = Math.min(lowest, highest + 1) + AuditStore.TAIL_LENGTH - 1;
        return Math.min(reach, AuditStore.MAX_NUMBER) - highest;
    }

    String whyNoRoom() {
        return highest >= AuditStore.MAX_NUMBER
                ? "The log is full"
                : "Number " + lowest + " is not stored yet: no number so far above it is given out";
    }
}
