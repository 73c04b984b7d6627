/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import org.jspecify.annotations.Nullable;

/** What an instance says of itself when it is asked. */
public sealed interface Answer {
    /** Nothing: it does not run, cannot be reached, or does not prove who it is. */
    record Silent() implements Answer {}

    /**
     * It has no data of etcd, and so is a member of nothing.
     *
     * @param incarnation random for each process
     * @param attempt the number of its last attempt to found a cluster; 0 before the first
     * @param founding whether that attempt goes on
     * @param promise what it promised another
     */
    record Empty(String incarnation, long attempt, boolean founding, @Nullable Promise promise) implements Answer {
        boolean hasEnded(long earlier) {
            return attempt > earlier || (attempt == earlier && !founding);
        }
    }

    /**
     * It has data of etcd.
     *
     * @param cluster etcd's id of the cluster; 0 while it is not known
     * @param member etcd's id of the member; 0 while it is not known
     * @param serves whether it knows a leader
     * @param learner whether it has no vote yet
     */
    record Member(long cluster, long member, boolean serves, boolean learner) implements Answer {}
}
