/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.util.List;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.customer.VpcId;

/**
 * Gives out the numbers of the VPCs' logs, and keeps each numbered entry on record, unsigned, until it is stored. Whoever
 * finds an entry on record may sign and store it, and changes nothing else. An adapter may take numbers for several calls
 * at once, and may share its records with other nodes. Numbers of a VPC without counter go on from the highest in the
 * store, by {@link Recovery}. Safe for use by many threads; every method throws {@link AuditUnavailableException} when it
 * cannot do its work now.
 */
public interface Numbering {
    /**
     * Sees to it that a VPC has a counter, and that the entries which were lost in flight, if it had none, are on record.
     * Does nothing when it has one.
     */
    void open(VpcId vpcId);

    /**
     * Takes the next number of the VPC's log, from 1, and puts the call on record under it.
     *
     * @throws AuditUnavailableException also when an entry on record is as far below as {@link AuditStore#TAIL_LENGTH}
     */
    AuditEntry take(CallRecord call);

    /** Drops an entry from the records: it is stored, durably, and so is that it is to be copied. One that is not on record is let be. */
    void settle(AuditEntry entry);

    /**
     * Gives another number to an entry that could not be stored because something else stands under its number, and moves
     * the counter beyond the highest that the store holds. Numbers that this leaves out are filled as after a loss. A filler
     * gets no other number: it is dropped.
     *
     * @return the entry under its new number; for a filler, itself
     * @throws AuditUnavailableException also when the entry is on record no more
     */
    AuditEntry renumber(AuditEntry entry);

    /** The entries on record that this node may store, oldest number first in each VPC. Some may be in work. */
    List<AuditEntry> onRecord();

    /** How many entries are on record with this node. Never blocks. */
    int recordCount();
}
