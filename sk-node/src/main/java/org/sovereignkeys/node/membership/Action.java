/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.Set;

/** What a node does next. One at a time; then it looks again. */
public sealed interface Action {
    /** Nothing: all is well. */
    record Serve() implements Action {}

    /**
     * Nothing, until something changes.
     *
     * @param why what it waits for, in words for an operator
     */
    record Wait(String why) implements Action {}

    /** Starts etcd with the data that it has. */
    record Start() implements Action {}

    /** Deletes the data of a member that the cluster has removed. */
    record Discard() implements Action {}

    /** Begins a cluster of its own, if all these promise not to. */
    record Found(Set<String> others) implements Action {}

    /** Gives up a promise that nobody relies on any more. */
    record Forget(Promise promise) implements Action {}

    /** Has the cluster remove a member. */
    record Remove(Members.Entry member, String why) implements Action {}

    /** Has the cluster add this node, without a vote, and starts etcd. */
    record Join() implements Action {}

    /** Has the cluster give this node a vote. */
    record Promote() implements Action {}

    /** Has the cluster remove this node, if it is a member, and stays out. */
    record Leave() implements Action {}
}
