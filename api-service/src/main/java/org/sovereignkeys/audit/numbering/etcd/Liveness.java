/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.etcd.jetcd.common.exception.EtcdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdUnavailableException;

/** Keeps this node's key of liveness, and makes another, under another name, when it is lost. */
final class Liveness implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Liveness.class);
    private static final long LEASE_SECONDS = 10;
    private static final Duration BEAT = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final EtcdConnection etcd;
    private final RecordStore records;
    private final Consumer<Boot> whenBooted;
    private final Thread thread = Thread.ofVirtual().name("audit-liveness").unstarted(this::run);
    private final Semaphore wake = new Semaphore(0);
    private @Nullable Life life;
    private volatile boolean closed;

    /** A boot id and its lease. */
    private record Life(Boot boot, long leaseId) {}

    /** @param whenBooted is told of each new boot, and must not wait for anything */
    Liveness(EtcdConnection etcd, RecordStore records, Consumer<Boot> whenBooted) {
        this.etcd = etcd;
        this.records = records;
        this.whenBooted = whenBooted;
    }

    void start() {
        thread.start();
    }

    /** What this node is now; waits a little if it is nothing yet. */
    synchronized Boot boot() {
        long end = System.nanoTime() + WAIT.toNanos();
        try {
            while (life == null) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (left <= 0 || closed) {
                    throw new AuditUnavailableException("This node has no lease of etcd", null);
                }
                wait(left);
            }
            return life.boot;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditUnavailableException("The wait for a lease was interrupted", e);
        }
    }

    synchronized @Nullable Boot bootNow() {
        return life == null ? null : life.boot;
    }

    /** Has it looked now whether the key is still there. */
    void doubt() {
        wake.release();
    }

    private void run() {
        try {
            do {
                beat();
            } while (pause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean pause() throws InterruptedException {
        Duration length = bootNow() == null ? BETWEEN_TRIES : BEAT;
        if (wake.tryAcquire(length.toNanos(), TimeUnit.NANOSECONDS)) {
            wake.drainPermits();
        }
        return !closed;
    }

    private void beat() {
        try {
            Life now = current();
            if (now != null && !renewed(now)) {
                LOG.warn("This node's lease of etcd was lost; it takes another");
                set(null);
                now = null;
            }
            if (now == null) {
                begin();
            }
        } catch (EtcdUnavailableException | EtcdException e) {
            LOG.debug("etcd does not answer, or has just lost the lease", e);
        } catch (RuntimeException e) {
            LOG.error("The lease could not be kept", e);
        }
    }

    private boolean renewed(Life now) {
        try {
            etcd.call(client -> client.getLeaseClient().keepAliveOnce(now.leaseId));
            return records.nodes().contains(now.boot.id());
        } catch (EtcdException lost) {
            return false;
        }
    }

    private void begin() {
        long leaseId = etcd.call(client -> client.getLeaseClient().grant(LEASE_SECONDS)).getID();
        byte[] random = new byte[8];
        ThreadLocalRandom.current().nextBytes(random);
        Boot boot = records.boot(HexFormat.of().formatHex(random), leaseId);
        whenBooted.accept(boot);
        set(new Life(boot, leaseId));
    }

    private synchronized @Nullable Life current() {
        return life;
    }

    private synchronized void set(@Nullable Life other) {
        life = other;
        notifyAll();
    }

    /** Gives the lease back, so that others see to what is left at once. */
    @Override
    public void close() {
        Life last;
        synchronized (this) {
            closed = true;
            last = life;
            life = null;
            notifyAll();
        }
        wake.release();
        if (last != null) {
            try {
                etcd.call(client -> client.getLeaseClient().revoke(last.leaseId));
            } catch (EtcdUnavailableException | EtcdException e) {
                LOG.debug("The lease was not given back; it ends by itself", e);
            }
        }
    }
}
