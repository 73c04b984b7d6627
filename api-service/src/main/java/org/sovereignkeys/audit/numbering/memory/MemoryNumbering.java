/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.memory;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.customer.VpcId;

/** Numbers of a single node. A VPC is counted from its first use on, from where the store ends. */
final class MemoryNumbering implements Numbering {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryNumbering.class);

    private final AuditStore store;
    private final InstantSource clock;
    private final Map<VpcId, CompletableFuture<VpcCounter>> counters = new ConcurrentHashMap<>();

    MemoryNumbering(AuditStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public void open(VpcId vpcId) {
        counter(vpcId);
    }

    @Override
    public AuditEntry take(CallRecord call) {
        return counter(call.vpcId()).take(call);
    }

    @Override
    public void settle(AuditEntry entry) {
        counter(entry.record().vpcId()).settle(entry);
    }

    @Override
    public AuditEntry renumber(AuditEntry entry) {
        VpcId vpcId = entry.record().vpcId();
        return counter(vpcId).renumber(entry, store.tail(vpcId), clock.instant());
    }

    @Override
    public List<AuditEntry> onRecord() {
        return opened().flatMap(counter -> counter.onRecord().stream()).toList();
    }

    @Override
    public int recordCount() {
        return opened().mapToInt(VpcCounter::recordCount).sum();
    }

    private Stream<VpcCounter> opened() {
        return counters.values()
            .stream()
            .filter(counter -> counter.isDone() && !counter.isCompletedExceptionally())
            .map(CompletableFuture::join);
    }

    /** The counter of a VPC. The first caller asks the store, the others wait for it; a failure is forgotten. */
    private VpcCounter counter(VpcId vpcId) {
        CompletableFuture<VpcCounter> mine = new CompletableFuture<>();
        CompletableFuture<VpcCounter> first = counters.putIfAbsent(vpcId, mine);
        if (first != null) {
            return joined(vpcId, first);
        }
        @Nullable
        VpcCounter begun = null;
        try {
            begun = begin(vpcId);
            mine.complete(begun);
            return begun;
        } finally {
            if (begun == null) {
                counters.remove(vpcId, mine);
                mine.completeExceptionally(new IllegalStateException("the first to ask failed"));
            }
        }
    }

    private VpcCounter begin(VpcId vpcId) {
        VpcCounter counter = new VpcCounter(vpcId, store.tail(vpcId), clock.instant());
        if (counter.recordCount() > 0) {
            LOG.warn("{} numbers of {} were lost in flight; they are filled with entries that say so",
                    counter.recordCount(), vpcId);
        }
        return counter;
    }

    private static VpcCounter joined(VpcId vpcId, CompletableFuture<VpcCounter> counter) {
        try {
            return counter.join();
        } catch (CompletionException e) {
            throw new AuditUnavailableException("The end of the log of " + vpcId + " could not be read", e);
        }
    }
}
