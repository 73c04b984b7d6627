/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.node.membership.Pledge;
import org.sovereignkeys.node.membership.Promise;
import org.sovereignkeys.node.store.RamStore;

/** What must outlive the process, but not the machine's memory. */
final class Records implements Pledge.Memory {
    private static final String PROMISE = "promise.json";
    private static final String MEMBERSHIP = "membership.json";
    private static final String LEAVING = "leaving";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RamStore store;

    /** Ids of etcd: of the cluster, and of this member. */
    record Membership(long cluster, long member) {}

    Records(RamStore store) {
        this.store = store;
    }

    @Override
    public @Nullable Promise load() {
        return store.read(PROMISE).map(json -> JSON.readValue(json, Promise.class)).orElse(null);
    }

    @Override
    public void store(@Nullable Promise promise) {
        if (promise == null) {
            store.delete(PROMISE);
        } else {
            store.write(PROMISE, JSON.writeValueAsBytes(promise));
        }
    }

    Optional<Membership> membership() {
        return store.read(MEMBERSHIP).map(json -> JSON.readValue(json, Membership.class));
    }

    void store(Membership membership) {
        store.write(MEMBERSHIP, JSON.writeValueAsBytes(membership));
    }

    void forgetMembership() {
        store.delete(MEMBERSHIP);
    }

    /** Whether this node leaves its cluster, or has left it. */
    boolean isLeaving() {
        return store.read(LEAVING).isPresent();
    }

    void setLeaving(boolean isLeaving) {
        if (isLeaving) {
            store.write(LEAVING, new byte[0]);
        } else {
            store.delete(LEAVING);
        }
    }
}
