/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

/** Where this node stands itself. */
public sealed interface Own {
    /** It has no data of etcd. */
    record Empty() implements Own {}

    /**
     * It has data of etcd.
     *
     * @param cluster etcd's id of the cluster; 0 while it is not known
     * @param member etcd's id of this member; 0 while it is not known
     * @param running whether the process runs
     * @param leader etcd's id of the leader; 0 if it knows none
     * @param learner whether it has no vote yet
     */
    record Member(long cluster, long member, boolean running, long leader, boolean learner) implements Own {
        public boolean serves() {
            return running && leader != 0;
        }

        boolean leads() {
            return serves() && leader == member;
        }
    }
}
