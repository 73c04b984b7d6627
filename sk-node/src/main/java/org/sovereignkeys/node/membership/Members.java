/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.List;
import java.util.Optional;

/**
 * The members of a cluster, as a majority of it has them.
 *
 * @param cluster etcd's id of it
 */
public record Members(long cluster, List<Entry> entries) {
    public Members {
        entries = List.copyOf(entries);
    }

    /**
     * A member.
     *
     * @param name the instance; empty for a member that was never started
     * @param address where its peers reach it
     */
    public record Entry(long id, String name, String address, boolean learner) {}

    List<Entry> voters() {
        return entries.stream().filter(entry -> !entry.learner()).toList();
    }

    Optional<Entry> find(long id) {
        return entries.stream().filter(entry -> entry.id() == id).findFirst();
    }

    static int majorityOf(int voters) {
        return voters / 2 + 1;
    }
}
