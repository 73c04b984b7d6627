/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.numbering.etcd.LocalRecords.Settled;
import org.sovereignkeys.customer.VpcId;

/** Drops the records whose entries are stored, several at a time, while no call waits for it. */
final class Releases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final BiConsumer<VpcId, List<Settled>> release;
    private final Map<String, Settled> waiting = new LinkedHashMap<>();
    private final BlockingQueue<Boolean> work = new LinkedBlockingQueue<>(1);
    private final Thread thread = Thread.ofVirtual().name("audit-releases").unstarted(this::run);
    private volatile boolean closed;

    /** @param release drops records of one VPC, or throws */
    Releases(BiConsumer<VpcId, List<Settled>> release) {
        this.release = release;
    }

    void start() {
        thread.start();
    }

    void add(Settled settled) {
        synchronized (waiting) {
            waiting.put(settled.record().text(), settled);
        }
        work.offer(true);
    }

    /** Whether a record waits here to be dropped. */
    boolean holds(String key) {
        synchronized (waiting) {
            return waiting.containsKey(key);
        }
    }

    /** Drops what waits now; throws {@link AuditUnavailableException} if that is not possible. */
    synchronized void flush() {
        for (List<Settled> batch : batches()) {
            release.accept(batch.getFirst().record().vpcId(), batch);
            synchronized (waiting) {
                batch.forEach(settled -> waiting.remove(settled.record().text(), settled));
            }
        }
    }

    private List<List<Settled>> batches() {
        Map<VpcId, List<Settled>> byVpc = new LinkedHashMap<>();
        synchronized (waiting) {
            waiting.values()
                .forEach(settled -> byVpc.computeIfAbsent(settled.record().vpcId(), _ -> new ArrayList<>())
                    .add(settled));
        }
        List<List<Settled>> batches = new ArrayList<>();
        for (List<Settled> all : byVpc.values()) {
            for (int from = 0; from < all.size(); from += Release.MAX_RECORDS) {
                batches.add(all.subList(from, Math.min(from + Release.MAX_RECORDS, all.size())));
            }
        }
        return batches;
    }

    private void run() {
        try {
            while (!closed) {
                work.take();
                attempt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt() throws InterruptedException {
        try {
            flush();
        } catch (RuntimeException e) {
            LOG.debug("Records of stored entries could not be dropped yet", e);
            TimeUnit.NANOSECONDS.sleep(BETWEEN_TRIES.toNanos());
            work.offer(true);
        }
    }

    /** Drops what waits, as far as that is possible within some seconds. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        Thread last = Thread.ofVirtual().name("audit-releases-last").start(() -> {
            try {
                flush();
            } catch (AuditUnavailableException e) {
                LOG.debug("Records of stored entries are left to others", e);
            }
        });
        try {
            last.join(LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
