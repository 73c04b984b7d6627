/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.etcd.EtcdUnavailableException;

/**
 * Looks every second who lives and which records there are. Those of nodes that are gone are claimed; those of this node
 * that it does not know of, because it gave up before it learned that they were made, are seen to as well.
 */
final class RollCall implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RollCall.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final RecordStore store;
    private final Liveness liveness;
    private final Predicate<RecordKey> isKnown;
    private final Found found;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("audit-roll-call").unstarted(this::run);
    private final Set<String> unreadable = new HashSet<>();
    private Set<RecordKey> strange = new HashSet<>();
    private boolean failing;

    /** What is done with a record that nobody sees to. Both may throw {@link AuditUnavailableException}. */
    interface Found {
        void abandoned(Boot boot, RecordKey record);

        void unknown(RecordKey record);
    }

    /** @param isKnown whether this node sees to the record already, or is about to learn that it was made */
    RollCall(RecordStore store, Liveness liveness, Predicate<RecordKey> isKnown, Found found) {
        this.store = store;
        this.liveness = liveness;
        this.isKnown = isKnown;
        this.found = found;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stop.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
                round(liveness.bootNow());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(@Nullable Boot boot) {
        if (boot == null) {
            return;
        }
        try {
            RecordStore.Roll roll = store.roll();
            if (!roll.nodes().contains(boot.id())) {
                liveness.doubt();
                return;
            }
            roll.records()
                .stream()
                .filter(record -> !roll.nodes().contains(record.owner()))
                .forEach(record -> seeTo(record, () -> found.abandoned(boot, record)));
            seeToUnknown(boot, roll);
            roll.strange().forEach(name -> reportUnreadable(name, null));
            succeeded();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(RuntimeException e) {
        boolean isBug = !(e instanceof EtcdUnavailableException || e instanceof AuditUnavailableException);
        LOG.atLevel(isBug ? Level.ERROR : failing ? Level.DEBUG : Level.WARN)
            .setCause(e)
            .log("The records of nodes that are gone cannot be looked through; it is tried each second");
        failing = true;
    }

    private void succeeded() {
        if (failing) {
            failing = false;
            LOG.info("The records of nodes that are gone are looked through again");
        }
    }

    /** Only in the second round: what was unknown a moment ago may just have been made, or be dropped. */
    private void seeToUnknown(Boot boot, RecordStore.Roll roll) {
        Set<RecordKey> unknown = new HashSet<>();
        for (RecordKey record : roll.records()) {
            if (record.owner().equals(boot.id()) && !isKnown.test(record)) {
                unknown.add(record);
                if (strange.contains(record)) {
                    seeTo(record, () -> found.unknown(record));
                }
            }
        }
        strange = unknown;
    }

    /** One that cannot be read is left as it is, and holds up no other. Without etcd the round is over. */
    private void seeTo(RecordKey record, Runnable work) {
        try {
            work.run();
        } catch (EtcdUnavailableException | AuditUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            reportUnreadable(record.text(), e);
        }
    }

    private void reportUnreadable(String name, @Nullable RuntimeException e) {
        if (unreadable.add(name)) {
            LOG.error(
                    "{} in etcd is not of the form in which nodes write it. It is left to those who can read it; from a"
                            + " thousand numbers further on calls of its VPC are refused",
                    name, e);
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}
