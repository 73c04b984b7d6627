/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.audit.numbering.etcd.CatchUp.CaughtUp;
import org.sovereignkeys.audit.numbering.etcd.LocalRecords.Settled;
import org.sovereignkeys.audit.numbering.etcd.Renumber.Renumbered;
import org.sovereignkeys.audit.numbering.etcd.Steps.RefusedException;
import org.sovereignkeys.audit.numbering.etcd.Take.Taken;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.etcd.EtcdConnection;

/** Numbers and records that all nodes share. How it holds together: docs/design/audit-numbering.md. */
final class EtcdNumbering implements Numbering, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdNumbering.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);

    private final AuditStore store;
    private final InstantSource clock;
    private final EtcdMeters meters;
    private final RecordStore etcd;
    private final Steps steps;
    private final Liveness liveness;
    private final RollCall rollCall;
    private final Releases releases = new Releases(this::release);
    private final LocalRecords local = new LocalRecords();
    private final Map<VpcId, Batches> batches = new ConcurrentHashMap<>();
    private final Map<VpcId, Known> known = new ConcurrentHashMap<>();
    private final Set<String> openBatches = ConcurrentHashMap.newKeySet();
    private final AtomicInteger boots = new AtomicInteger();
    private volatile boolean closed;

    /** A counter as this node knew it while it was that. After a loss of etcd's data, revisions mean something else. */
    private record Known(Boot boot, Count count) {}

    EtcdNumbering(EtcdConnection connection, AuditStore store, InstantSource clock, EtcdMeters meters) {
        this.store = store;
        this.clock = clock;
        this.meters = meters;
        etcd = new RecordStore(connection);
        steps = new Steps(etcd, store);
        liveness = new Liveness(connection, etcd, this::booted);
        rollCall = new RollCall(etcd, liveness, this::isKnown, new RollCall.Found() {
            @Override
            public void abandoned(Boot boot, RecordKey record) {
                claim(boot, record);
            }

            @Override
            public void unknown(RecordKey record) {
                adopt(record);
            }
        });
    }

    void start() {
        liveness.start();
        rollCall.start();
        releases.start();
    }

    /** What says who lives, also for what is kept beside the numbers. */
    Liveness liveness() {
        return liveness;
    }

    @Override
    public void open(VpcId vpcId) {
        CaughtUp caughtUp = carryOut((boot, batchId) -> new CatchUp(boot, vpcId, batchId, clock.instant()).begin(),
                (_, result) -> putOnRecord(result.records()));
        if (!caughtUp.records().isEmpty()) {
            LOG.warn("Numbers of {} were lost in flight; they are filled with entries that say so", vpcId);
        }
    }

    @Override
    public AuditEntry take(CallRecord call) {
        return batches.computeIfAbsent(call.vpcId(), vpcId -> new Batches(calls -> take(vpcId, calls))).take(call);
    }

    private List<AuditEntry> take(VpcId vpcId, List<CallRecord> calls) {
        try {
            return takeOnce(vpcId, calls);
        } catch (RefusedException e) {
            if (e.reason() != Step.Reason.NO_ROOM) {
                throw e;
            }
            releases.flush();
            return takeOnce(vpcId, calls);
        }
    }

    private List<AuditEntry> takeOnce(VpcId vpcId, List<CallRecord> calls) {
        Taken taken = carryOut((boot, batchId) -> new Take(boot, vpcId, batchId, calls, clock.instant())
            .begin(known(boot, vpcId)), (boot, result) -> {
                putOnRecord(result.records());
                known.put(vpcId, new Known(boot, result.count()));
            });
        meters.numbersTaken(taken.entries().size());
        return taken.entries();
    }

    private Optional<Count> known(Boot boot, VpcId vpcId) {
        return Optional.ofNullable(known.get(vpcId)).filter(last -> last.boot.equals(boot)).map(Known::count);
    }

    @Override
    public void settle(AuditEntry entry) {
        local.settle(entry).ifPresent(releases::add);
    }

    private void release(VpcId vpcId, List<Settled> settled) {
        long highest = settled.stream().mapToLong(Settled::highest).max().orElse(0);
        List<String> keys = settled.stream().map(record -> record.record().text()).toList();
        carryOut((boot, batchId) -> new Release(boot, vpcId, batchId, clock.instant(), keys, highest).begin(),
                (_, result) -> putOnRecord(result.records()));
    }

    @Override
    public AuditEntry renumber(AuditEntry entry) {
        if (entry.record().isFiller()) {
            settle(entry);
            return entry;
        }
        String key = local.keyOf(entry).orElseThrow(() -> seenTo(entry));
        Renumbered renumbered = carryOut((boot, batchId) -> new Renumber(boot, batchId, clock.instant(), entry, key)
            .begin(), (_, result) -> {
                if (result instanceof Renumbered.Moved moved) {
                    putOnRecord(moved.records());
                }
            });
        local.settle(entry).ifPresent(releases::add);
        return switch (renumbered) {
            case Renumbered.Moved moved -> moved.entry();
            case Renumbered.Gone _ -> throw seenTo(entry);
        };
    }

    private static AuditUnavailableException seenTo(AuditEntry entry) {
        return new AuditUnavailableException("Number " + entry.number() + " was seen to by another", null);
    }

    @Override
    public List<AuditEntry> onRecord() {
        return local.onRecord();
    }

    @Override
    public int recordCount() {
        return local.count();
    }

    /** Under a batch id of its own: what is made under it is not taken for something that nobody knows of meanwhile. */
    private <R> R carryOut(BiFunction<Boot, String, Step<R>> work, BiConsumer<Boot, R> whenDone) {
        String batchId = batchId();
        openBatches.add(batchId);
        try {
            Boot boot = liveness.boot();
            R result = steps.run(work.apply(boot, batchId));
            whenDone.accept(boot, result);
            return result;
        } catch (RefusedException e) {
            if (e.reason() == Step.Reason.NO_LIFE) {
                liveness.doubt();
            }
            throw e;
        } finally {
            openBatches.remove(batchId);
        }
    }

    private static String batchId() {
        byte[] random = new byte[8];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private void putOnRecord(Map<String, List<AuditEntry>> records) {
        records.forEach(local::put);
    }

    // Records that nobody sees to

    private boolean isKnown(RecordKey record) {
        return local.holds(record.text()) || releases.holds(record.text()) || openBatches.contains(record.batchId());
    }

    private void claim(Boot boot, RecordKey record) {
        steps.run(new Claim(boot, record).begin()).ifPresent(claimed -> {
            local.put(claimed.recordKey(), claimed.entries());
            meters.recordClaimed();
            LOG.info("Took over {} entries of {} from a node that is gone", claimed.entries().size(), record.vpcId());
        });
    }

    private void adopt(RecordKey record) {
        Answer answer = etcd.transact(Transaction.reading(List.of(new Read.Of(record.text()))));
        if (answer instanceof Answer.Transacted read) {
            read.found().getFirst().ifPresent(cell -> local.put(cell.key(), View.entries(cell)));
        }
    }

    // A new boot id

    private void booted(Boot boot) {
        if (boots.incrementAndGet() > 1) {
            meters.leaseLost();
            Thread.ofVirtual().name("audit-reopening").start(() -> reopenLogs(boots.get()));
        }
    }

    /** After a lost lease etcd may have lost its data: what was in flight then is nobody's until the logs are looked at. */
    private void reopenLogs(int boot) {
        Set<VpcId> opened = new HashSet<>();
        try {
            while (!closed && boots.get() == boot && !reopen(opened)) {
                Thread.sleep(BETWEEN_TRIES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean reopen(Set<VpcId> opened) {
        try {
            for (VpcId vpcId : store.vpcIds()) {
                if (!opened.contains(vpcId)) {
                    open(vpcId);
                    opened.add(vpcId);
                }
            }
            return true;
        } catch (AuditUnavailableException e) {
            LOG.warn("A log could not be looked at again; it is tried until it can: {}", e.toString());
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        releases.close();
        rollCall.close();
        liveness.close();
    }
}
