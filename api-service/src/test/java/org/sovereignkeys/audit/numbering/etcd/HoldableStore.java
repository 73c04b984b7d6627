/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.NumberRange;
import org.sovereignkeys.customer.VpcId;

/** One node's way to a store, on which puts of some entries are held until they are let through, or never arrive. */
final class HoldableStore implements AuditStore {
    private final AuditStore store;
    private final Set<String> heldTexts = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Boolean> arrival = new CompletableFuture<>();
    private final AtomicInteger held = new AtomicInteger();

    HoldableStore(AuditStore store) {
        this.store = store;
    }

    /** Has puts of entries held that contain a text. */
    void hold(String text) {
        heldTexts.add(text);
    }

    /** How many puts are held. */
    int held() {
        return held.get();
    }

    /** Lets through what is held, now and from now on. */
    void letThrough() {
        arrival.complete(true);
    }

    /** Nothing that is held ever arrives. */
    void lose() {
        arrival.complete(false);
    }

    @Override
    public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
        String text = new String(json, StandardCharsets.US_ASCII);
        if (heldTexts.stream().noneMatch(text::contains)) {
            return store.putIfAbsent(vpcId, number, json);
        }
        held.incrementAndGet();
        try {
            if (!arrival.join()) {
                throw new AuditUnavailableException("This node is no more", null);
            }
            return store.putIfAbsent(vpcId, number, json);
        } finally {
            held.decrementAndGet();
        }
    }

    @Override
    public Optional<byte[]> read(VpcId vpcId, long number) {
        return store.read(vpcId, number);
    }

    @Override
    public Tail tail(VpcId vpcId) {
        return store.tail(vpcId);
    }

    @Override
    public List<NumberRange> holesBefore(VpcId vpcId, long end) {
        return store.holesBefore(vpcId, end);
    }

    @Override
    public Set<VpcId> vpcIds() {
        return store.vpcIds();
    }
}
