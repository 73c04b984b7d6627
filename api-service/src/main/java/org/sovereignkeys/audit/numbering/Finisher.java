/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.hsm.HsmException;

/** Stores in the background what is on record and nobody is at work on, round after round until it is stopped. */
final class Finisher {
    private static final Logger LOG = LoggerFactory.getLogger(Finisher.class);
    private static final int ENTRIES_AT_A_TIME = 64;

    private final Numbering numbering;
    private final EntryWriter writer;
    private final CustomerCopies copies;
    private final Duration interval;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("audit-finisher").unstarted(this::run);
    private volatile boolean failing;

    Finisher(Numbering numbering, EntryWriter writer, CustomerCopies copies, Duration interval) {
        this.numbering = numbering;
        this.writer = writer;
        this.copies = copies;
        this.interval = interval;
    }

    void start() {
        thread.start();
    }

    /** Ends after a last round, or when the limit has passed. */
    void stop(Duration limit) throws InterruptedException {
        stop.countDown();
        if (!thread.join(limit)) {
            thread.interrupt();
        }
    }

    /**
     * Whether in the last round there were entries that could not be stored. One that only cannot be compared with what stands
     * under its number does not count: the store takes entries.
     */
    boolean isFailing() {
        return failing;
    }

    private void run() {
        try {
            while (!stop.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                round();
            }
            round();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        try {
            List<AuditEntry> waiting = numbering.onRecord().stream().filter(entry -> !writer.isInWork(entry)).toList();
            report(waiting.isEmpty() ? null : new Round().store(waiting));
        } catch (RuntimeException e) {
            report(e);
        }
    }

    private synchronized void report(@Nullable RuntimeException failure) {
        if (failure != null && !failing) {
            LOG.error("Entries on record could not be stored; they are tried until they are", failure);
        } else if (failure == null && failing) {
            LOG.info("The entries on record are stored");
        }
        failing = failure != null;
    }

    /** One try for each entry; without the HSM for none, and for none of a VPC whose log cannot be written. */
    private final class Round {
        private final Set<VpcId> unwritable = ConcurrentHashMap.newKeySet();
        private final AtomicReference<@Nullable HsmException> hsmFailure = new AtomicReference<>();
        private final AtomicReference<@Nullable RuntimeException> lastFailure = new AtomicReference<>();

        @Nullable
        RuntimeException store(List<AuditEntry> entries) {
            try (ExecutorService workers = Executors.newFixedThreadPool(ENTRIES_AT_A_TIME,
                    Thread.ofVirtual().name("audit-finisher-", 0).factory())) {
                inTurns(entries).forEach(entry -> workers.execute(() -> tryOnce(entry)));
            }
            return lastFailure.get();
        }

        /** The oldest of each VPC, then the second of each, and so on: none waits for another's many. */
        private static List<AuditEntry> inTurns(List<AuditEntry> entries) {
            Map<VpcId, Integer> seen = new HashMap<>();
            NavigableMap<Integer, List<AuditEntry>> turns = new TreeMap<>();
            for (AuditEntry entry : entries) {
                int turn = seen.merge(entry.record().vpcId(), 1, Integer::sum);
                turns.computeIfAbsent(turn, _ -> new ArrayList<>()).add(entry);
            }
            return turns.values().stream().flatMap(List::stream).toList();
        }

        private void tryOnce(AuditEntry entry) {
            VpcId vpcId = entry.record().vpcId();
            if (hsmFailure.get() != null || unwritable.contains(vpcId)) {
                return;
            }
            try {
                writer.complete(entry, (id, number, _, settle) -> copies.copyLater(id, number, settle));
                if (lastFailure.get() == null) {
                    report(null); // the rest is a matter of time
                }
            } catch (HsmException e) {
                hsmFailure.set(e);
                lastFailure.set(e);
            } catch (EntryWriter.UncomparedException e) {
                LOG.debug("One entry stays on record; others can be stored", e);
            } catch (AuditUnavailableException e) {
                unwritable.add(vpcId);
                lastFailure.set(e);
            } catch (RuntimeException e) {
                lastFailure.set(e);
            }
        }
    }
}
