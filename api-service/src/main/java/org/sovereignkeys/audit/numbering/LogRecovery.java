/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.NumberRange;
import org.sovereignkeys.customer.VpcId;

/**
 * Looks through the logs of all VPCs once, when asked to: first puts what was lost in flight on record, in all of them; then
 * reports what is missing before that, which may mean reading all names. What cannot be read is tried again.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
    private static final int MAX_RANGES_LOGGED = 20;
    private static final int LOGS_AT_A_TIME = 8;
    private static final int INTERVALS_BETWEEN_TRIES = 5;

    private final Numbering numbering;
    private final AuditStore store;
    private final AuditMeters meters;
    private final Duration interval;
    private final Set<VpcId> opened = ConcurrentHashMap.newKeySet();
    private final Set<VpcId> examined = new HashSet<>();
    private final Thread thread = Thread.ofVirtual().name("audit-recovery").unstarted(this::run);
    private volatile boolean wanted;

    LogRecovery(Numbering numbering, AuditStore store, AuditMeters meters, Duration interval) {
        this.numbering = numbering;
        this.store = store;
        this.meters = meters;
        this.interval = interval;
    }

    void start() {
        thread.start();
    }

    void stop() {
        thread.interrupt();
    }

    void request() {
        wanted = true;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(interval);
                if (wanted) {
                    wanted = false;
                    lookThrough();
                    Thread.sleep(wanted ? interval.multipliedBy(INTERVALS_BETWEEN_TRIES) : Duration.ZERO);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookThrough() {
        try {
            Set<VpcId> vpcIds = store.vpcIds();
            openAll(vpcIds);
            vpcIds.stream()
                .filter(vpcId -> opened.contains(vpcId) && !examined.contains(vpcId))
                .forEach(this::examine);
        } catch (RuntimeException e) {
            tryAgain("The logs cannot be listed", e);
        }
    }

    private void openAll(Set<VpcId> vpcIds) {
        try (ExecutorService workers = Executors.newFixedThreadPool(LOGS_AT_A_TIME,
                Thread.ofVirtual().name("audit-recovery-", 0).factory())) {
            vpcIds.stream()
                .filter(vpcId -> !opened.contains(vpcId))
                .forEach(vpcId -> workers.execute(() -> open(vpcId)));
        }
    }

    private void open(VpcId vpcId) {
        try {
            numbering.open(vpcId);
            opened.add(vpcId);
        } catch (RuntimeException e) {
            tryAgain("The end of the log of " + vpcId + " cannot be read", e);
        }
    }

    private void examine(VpcId vpcId) {
        try {
            reportOldHoles(vpcId);
            examined.add(vpcId);
        } catch (AuditUnavailableException e) {
            tryAgain("The log of " + vpcId + " cannot be read", e);
        }
    }

    private void reportOldHoles(VpcId vpcId) {
        List<NumberRange> holes = store.holesBefore(vpcId, store.tail(vpcId).first());
        if (holes.isEmpty()) {
            return;
        }
        long count = holes.stream().mapToLong(NumberRange::count).sum();
        meters.oldHolesFound(count);
        LOG.error("{} entries of {} are missing that cannot have been in flight: they were removed. Numbers: {}{}",
                count,
                vpcId, holes.subList(0, Math.min(holes.size(), MAX_RANGES_LOGGED)),
                holes.size() > MAX_RANGES_LOGGED ? " and more" : "");
    }

    private void tryAgain(String what, RuntimeException e) {
        wanted = true;
        LOG.warn("{}; it is tried again: {}", what, e.toString());
    }
}
