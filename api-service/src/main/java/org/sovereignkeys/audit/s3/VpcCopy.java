/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.audit.PendingNumbers;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.VpcId;

/**
 * The copy of one VPC's log. A number waits from the moment it is known until its entry lies in the customer's bucket. What
 * a call could not copy is seen to in the background, each number in its turn, so that one which cannot be copied holds up
 * no other. From a failure until little is left to do, no call waits for the bucket.
 */
final class VpcCopy {
    private static final Logger LOG = LoggerFactory.getLogger(VpcCopy.class);
    private static final int PUTS_AT_A_TIME = 16;
    private static final Duration PARKED_INTERVAL = Duration.ofSeconds(15);
    private static final Duration KEPT_WITHOUT_BUCKET = Duration.ofHours(24);

    private final VpcId vpcId;
    private final Sources sources;
    private final PendingNumbers pending = new PendingNumbers();
    private final Set<Long> inWork = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean working = new AtomicBoolean();
    private final CopyPause pause = new CopyPause();
    private volatile boolean avoided;
    private volatile @Nullable Behind behind;
    private @Nullable Instant withoutBucketSince;
    private long lastTried;

    VpcCopy(VpcId vpcId, Sources sources) {
        this.vpcId = vpcId;
        this.sources = sources;
    }

    /**
     * What the copies of all customers share.
     *
     * @param log where the entries are read from that are copied in the background
     * @param threads for calls that block
     * @param backlog is told of all that waits
     * @param backgroundPuts how many puts may be under way in the background
     */
    record Sources(CustomerDirectory customers, CustomerBuckets buckets, AuditStore log, CopyBacklog backlog,
            Executor threads, Semaphore backgroundPuts, InstantSource clock) {}

    /**
     * That the copy is behind.
     *
     * @param since no entry that lacks now lacked before
     * @param highest the highest that lacked when this was looked at; those above it came later
     */
    private record Behind(Instant since, long highest, Instant lookedAt) {}

    /** How many entries are not known to lie in the customer's bucket. */
    long pendingCount() {
        return pending.count();
    }

    /** Since when something lacks that could not be copied; zero if nothing does. */
    Duration lag() {
        Behind now = behind;
        return now == null ? Duration.ZERO : Duration.between(now.since, sources.clock().instant());
    }

    /** Whether a call should not wait for the bucket. */
    boolean isAvoided() {
        return avoided;
    }

    /** Has an entry copied in the background. */
    void add(long number, Runnable whenKept) {
        note(number, whenKept);
        work();
    }

    /** Has entries copied in the background that are in the backlog already. */
    void addAll(PendingNumbers numbers) {
        pending.addAll(numbers);
        work();
    }

    private void note(long number, Runnable whenKept) {
        pending.add(number);
        sources.backlog().add(vpcId, number, whenKept);
    }

    /** Copies an entry now; once that has failed, it is done in the background. */
    CompletableFuture<Void> put(CopyTarget target, long number, byte[] json, Runnable whenKept) {
        inWork.add(number);
        note(number, whenKept);
        return CompletableFuture.runAsync(() -> {
            try {
                sources.buckets().put(target, vpcId, number, json);
                done(number);
            } finally {
                inWork.remove(number);
            }
        }, sources.threads()).whenComplete((_, failure) -> {
            if (failure != null) {
                fallBehind(failure);
            }
        });
    }

    /** Lets no call wait any more, until the background has caught up. */
    void fallBehind(Throwable failure) {
        avoided = true;
        markBehind(failure);
        work();
    }

    private synchronized void markBehind(Throwable failure) {
        if (behind == null && !pending.isEmpty()) {
            Instant now = sources.clock().instant();
            behind = new Behind(now, pending.highest(), now);
            LOG.warn("The copy of the log of {} is behind; entries follow in the background: {}", vpcId,
                    root(failure).toString());
        }
    }

    private void done(long number) {
        pending.remove(number);
        sources.backlog().remove(vpcId, number);
        if (pending.count() <= PUTS_AT_A_TIME) {
            avoided = false;
        }
        markProgress();
    }

    /** Once all that lacked is copied, what came meanwhile lacks only if no call waits for the bucket. */
    private synchronized void markProgress() {
        Behind before = behind;
        if (before == null || pending.anyUpTo(before.highest)) {
            return;
        }
        if (avoided) {
            behind = new Behind(before.lookedAt, pending.highest(), sources.clock().instant());
        } else {
            markCaughtUp();
        }
    }

    private synchronized void markCaughtUp() {
        avoided = false;
        if (behind != null) {
            behind = null;
            LOG.info("The copy of the log of {} has caught up", vpcId);
        }
    }

    private void work() {
        if (working.compareAndSet(false, true)) {
            try {
                sources.threads().execute(this::workUntilDone);
            } catch (RejectedExecutionException closed) {
                working.set(false);
            }
        }
    }

    private void workUntilDone() {
        try {
            List<Long> numbers = waiting(PUTS_AT_A_TIME);
            while (!numbers.isEmpty()) {
                boolean bucketWorks = tryToCopy(numbers);
                numbers = waiting(bucketWorks ? PUTS_AT_A_TIME : 1);
            }
            if (pending.isEmpty()) {
                markCaughtUp();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            working.set(false);
        }
        if (!Thread.currentThread().isInterrupted() && !waiting(1).isEmpty()) {
            work();
        }
    }

    /** One try for each number, and a pause if not all were copied. Returns whether any was. */
    private boolean tryToCopy(List<Long> numbers) throws InterruptedException {
        lastTried = numbers.getLast();
        Round round = new Round();
        try {
            Optional<CopyTarget> target = sources.customers().find(vpcId).flatMap(CopyTarget::of);
            if (target.isEmpty()) {
                park();
                return false;
            }
            withoutBucketSince = null;
            round.copy(target.get(), numbers);
        } catch (RuntimeException e) {
            round.failure.set(e);
        }
        Throwable failure = round.failure.get();
        if (failure == null) {
            pause.reset();
            return true;
        }
        markBehind(failure);
        avoided = avoided || (round.bucketFailed && round.copied.get() == 0);
        pause.sleep(failure);
        return round.copied.get() > 0;
    }

    /** The customer keeps no copy, or is none: perhaps for a moment only, while its record is replaced. */
    private void park() throws InterruptedException {
        Instant now = sources.clock().instant();
        if (withoutBucketSince == null) {
            withoutBucketSince = now;
            LOG.info("{} keeps no copy of its log any more; {} entries wait for a day in case it does again", vpcId,
                    pending.count());
        }
        markCaughtUp();
        if (Duration.between(withoutBucketSince, now).compareTo(KEPT_WITHOUT_BUCKET) > 0) {
            LOG.warn("{} entries of {} are given up: it has kept no copy of its log for a day", pending.count(), vpcId);
            pending.clear();
            sources.backlog().clear(vpcId);
            withoutBucketSince = null;
        } else {
            Thread.sleep(PARKED_INTERVAL);
        }
    }

    /** The next numbers that nobody is at work on, behind the last that was tried, or from the beginning again. */
    private List<Long> waiting(int atMost) {
        List<Long> next = idle(pending.firstAfter(lastTried, atMost + inWork.size()), atMost);
        return next.isEmpty() ? idle(pending.firstAfter(0, atMost + inWork.size()), atMost) : next;
    }

    private List<Long> idle(List<Long> numbers, int atMost) {
        return numbers.stream().filter(number -> !inWork.contains(number)).limit(atMost).toList();
    }

    private static Throwable root(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** One try for each of some numbers. */
    private final class Round {
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final AtomicInteger copied = new AtomicInteger();
        private volatile boolean bucketFailed;

        void copy(CopyTarget target, List<Long> numbers) {
            CompletableFuture.allOf(numbers.stream()
                .map(number -> CompletableFuture.runAsync(() -> tryOne(target, number), sources.threads()))
                .toArray(CompletableFuture[]::new)).join();
        }

        private void tryOne(CopyTarget target, long number) {
            sources.backgroundPuts().acquireUninterruptibly();
            try {
                Optional<byte[]> json = sources.log().read(vpcId, number);
                if (json.isPresent()) {
                    sources.buckets().put(target, vpcId, number, json.get());
                    copied.incrementAndGet();
                } else {
                    LOG.error("Entry {} of {} is gone from the log before it was copied", number, vpcId);
                }
                done(number);
            } catch (AuditUnavailableException e) { // our own log cannot give it
                failure.set(e);
            } catch (RuntimeException e) {
                bucketFailed = true;
                failure.set(e);
            } finally {
                sources.backgroundPuts().release();
            }
        }
    }
}
