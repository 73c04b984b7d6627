/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.util.Set;

import org.sovereignkeys.customer.VpcId;

/**
 * Keeps which stored entries lack in customers' copies, so that another node knows it when this one is gone. None of its
 * methods but {@link #unknown} and {@link #begin} waits for anything. Safe for use by many threads.
 */
public interface CopyBacklog {
    /** For a single node: what waits is lost with it, so at each start nothing is known of any log. */
    CopyBacklog NONE = new CopyBacklog() {
        @Override
        public void start(Heir heir) {
            heir.lookThroughLogs();
        }

        @Override
        public void add(VpcId vpcId, long number, Runnable whenKept) {
            whenKept.run();
        }

        @Override
        public void remove(VpcId vpcId, long number) {
            // It is not kept here.
        }

        @Override
        public void clear(VpcId vpcId) {
            // It is not kept here.
        }

        @Override
        public Set<VpcId> unknown(Set<VpcId> vpcIds) {
            return vpcIds;
        }

        @Override
        public boolean begin(VpcId vpcId, PendingNumbers last) {
            return true;
        }
    };

    /** Who makes the copies. Its methods wait for nothing. */
    interface Heir {
        /** Takes over what waited with a node that is gone. It is in the backlog already. */
        void inherit(VpcId vpcId, PendingNumbers numbers);

        /** What waited may be forgotten: the logs of which nothing is {@linkplain #unknown known} are to be begun. */
        void lookThroughLogs();
    }

    /** Begins to tell of what others left. */
    void start(Heir heir);

    /**
     * An entry waits for its copy.
     *
     * @param whenKept is run when the entry's record is needed no more: it is copied, or others would know that it waits. May
     *            be run more than once, and by any thread
     */
    void add(VpcId vpcId, long number, Runnable whenKept);

    /** An entry is copied. */
    void remove(VpcId vpcId, long number);

    /** All that waited of a VPC is given up. */
    void clear(VpcId vpcId);

    /** Those of the VPCs of which it is not kept what waits; throws a {@link RuntimeException} if that cannot be found out. */
    Set<VpcId> unknown(Set<VpcId> vpcIds);

    /**
     * Begins to keep what waits of a VPC.
     *
     * @param last what may lack in its copy
     * @return whether this node is to see to that; if not, another does
     * @throws RuntimeException if it is not known whether it does
     */
    boolean begin(VpcId vpcId, PendingNumbers last);
}
