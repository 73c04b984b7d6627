/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.sovereignkeys.customer.VpcId;

/**
 * Where entries lie: written once, never replaced. Layout: docs/formats/storage.md. Safe for use by many threads; every
 * method throws {@link AuditUnavailableException} when it cannot do its work now.
 */
public interface AuditStore {
    /** How far below the highest number an entry can have been in flight: numbers within {@code highest - 999}. */
    int TAIL_LENGTH = 1_000;

    /** The highest number that has a name: nine digits. */
    long MAX_NUMBER = 999_999_999;

    /**
     * Stores an entry unless something was ever stored under its number. After an exception it may be stored all the same.
     *
     * @param number 1 to {@link #MAX_NUMBER}
     * @param json the signed entry
     * @return whether it was stored now, or the number is taken; either way what stands there is durable
     */
    Put putIfAbsent(VpcId vpcId, long number, byte[] json);

    /** What stands under a number; empty if there is nothing, or nothing that can be an entry. */
    Optional<byte[]> read(VpcId vpcId, long number);

    /** The end of a VPC's log. May list its names, once per VPC and process, before the first call or with it. */
    Tail tail(VpcId vpcId);

    /**
     * The numbers that are missing from 1 to {@code end - 1}, ascending. May read the names of the whole log.
     *
     * @param end first number that is not looked at
     */
    List<NumberRange> holesBefore(VpcId vpcId, long end);

    /** The VPCs that have entries. */
    Set<VpcId> vpcIds();

    /** What became of an entry that was to be stored. */
    enum Put {
        STORED, TAKEN
    }

    /**
     * The end of a log. What was deleted counts as written where the store can tell.
     *
     * @param highest highest number ever written; 0 if there is none
     * @param holes numbers below it that were never written, ascending, among the last {@link #TAIL_LENGTH} only
     */
    record Tail(long highest, List<Long> holes) {
        public Tail {
            holes = List.copyOf(holes);
        }

        /** The first number of the tail; what is missing before it cannot have been in flight. */
        public long first() {
            return Math.max(1, highest - TAIL_LENGTH + 1);
        }
    }
}
