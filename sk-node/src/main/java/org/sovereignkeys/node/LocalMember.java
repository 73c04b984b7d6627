/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdException;
import org.sovereignkeys.node.etcd.EtcdProcess;
import org.sovereignkeys.node.etcd.EtcdStatus;
import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.membership.Own;

/** The etcd of this node and what is known of it. Looked at by many threads, changed by one. */
final class LocalMember {
    static final String ADDRESS = "127.0.0.1";
    private static final Logger LOG = LoggerFactory.getLogger(LocalMember.class);
    private static final Duration TIME_TO_FOUND = Duration.ofSeconds(20);
    private static final Duration TIME_TO_RECOVER = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final EtcdProcess process;
    private final EtcdClient client;
    private final Records records;

    LocalMember(EtcdProcess process, EtcdClient client, Records records) {
        this.process = process;
        this.client = client;
        this.records = records;
    }

    Own look() {
        boolean isRunning = process.isRunning();
        if (!isRunning && !process.hasData()) {
            return new Own.Empty();
        }
        Records.Membership known = records.membership().orElse(new Records.Membership(0, 0));
        if (isRunning) {
            try {
                EtcdStatus status = client.status(ADDRESS);
                return new Own.Member(status.cluster(), status.member(), true, status.leader(), status.learner());
            } catch (EtcdException e) {
                LOG.debug("etcd of this node does not answer", e);
            }
        }
        return new Own.Member(known.cluster(), known.member(), isRunning, 0, false);
    }

    /** Keeps the ids for when etcd does not run. */
    void remember(Own.Member own) {
        Records.Membership now = new Records.Membership(own.cluster(), own.member());
        if (own.serves() && !records.membership().equals(Optional.of(now))) {
            records.store(now);
        }
    }

    void start() {
        process.start();
    }

    /** Whether there is a cluster now. */
    boolean found() {
        records.forgetMembership();
        process.found();
        if (await(process::hasData, TIME_TO_FOUND)) {
            return true;
        }
        process.stop();
        return process.hasData();
    }

    void join(long cluster, long member, Members members) {
        process.stop();
        process.deleteData();
        records.store(new Records.Membership(cluster, member));
        process.join(members);
    }

    /** Starts as the one member that is left; throws {@link EtcdException} if it does not serve then. */
    void recover() {
        process.startAlone();
        boolean serves = await(() -> look() instanceof Own.Member own && own.serves(), TIME_TO_RECOVER);
        // Again, and as others do: with that option each start would throw the other members out.
        process.start();
        if (!serves) {
            throw new EtcdException("etcd did not begin to serve; see the log", null);
        }
    }

    void discard() {
        process.stop();
        process.deleteData();
        records.forgetMembership();
    }

    boolean isLeaving() {
        return records.isLeaving();
    }

    /** Whether it leaves is written down first, so that a process that starts again goes on with it, and does not join. */
    void setLeaving(boolean isLeaving) {
        records.setLeaving(isLeaving);
    }

    void stop() {
        process.stop();
    }

    private boolean await(BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end || !process.isRunning() || Thread.currentThread().isInterrupted()) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return true;
    }
}
