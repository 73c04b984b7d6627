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

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.VpcId;

/**
 * The copy of one VPC's log. A number waits from the moment it is known until its entry lies in the customer's bucket. What
 * a call could not copy is seen to in the background, oldest first. From the first failure until that has caught up, the
 * copy is behind, and no call waits for it.
 */
final class VpcCopy {
    private static final Logger LOG = LoggerFactory.getLogger(VpcCopy.class);
    private static final int PUTS_AT_A_TIME = 16;

    private final VpcId vpcId;
    private final Sources sources;
    private final PendingNumbers pending = new PendingNumbers();
    private final Set<Long> inWork = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean working = new AtomicBoolean();
    private volatile @Nullable Instant behindSince;

    VpcCopy(VpcId vpcId, Sources sources) {
        this.vpcId = vpcId;
        this.sources = sources;
    }

    /**
     * What the copies of all customers share.
     *
     * @param log where the entries are read from that are copied in the background
     * @param threads for calls that block
     * @param backgroundPuts how many puts may be under way in the background
     */
    record Sources(CustomerDirectory customers, CustomerBuckets buckets, AuditStore log, Executor threads,
            Semaphore backgroundPuts, InstantSource clock) {}

    /** How many entries are not known to lie in the customer's bucket. */
    long pendingCount() {
        return pending.count();
    }

    /** Since when the copy is behind the log; zero if it is not. */
    Duration lag() {
        Instant since = behindSince;
        return since == null ? Duration.ZERO : Duration.between(since, sources.clock().instant());
    }

    boolean isBehind() {
        return behindSince != null;
    }

    /** Has an entry copied in the background. */
    void add(long number) {
        pending.add(number);
        work();
    }

    /** Copies an entry now; once that has failed, it is done in the background. */
    CompletableFuture<Void> put(CopyTarget target, long number, byte[] json) {
        pending.add(number);
        inWork.add(number);
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
        markBehind(failure);
        work();
    }

    private synchronized void markBehind(Throwable failure) {
        if (behindSince == null) {
            behindSince = sources.clock().instant();
            LOG.warn("The copy of the log of {} is behind; entries follow in the background: {}", vpcId,
                    root(failure).toString());
        }
    }

    private void done(long number) {
        pending.remove(number);
        if (pending.count() <= PUTS_AT_A_TIME) {
            markCaughtUp();
        }
    }

    private synchronized void markCaughtUp() {
        if (behindSince != null) {
            behindSince = null;
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
            CopyPause pause = new CopyPause();
            List<Long> numbers = waiting(PUTS_AT_A_TIME);
            while (!numbers.isEmpty()) {
                @Nullable
                Throwable failure = round(numbers);
                if (failure == null) {
                    pause.reset();
                    numbers = waiting(PUTS_AT_A_TIME);
                } else {
                    markBehind(failure);
                    pause.sleep(failure);
                    numbers = waiting(1); // to see whether it is back
                }
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

    /** Numbers that nobody is at work on. */
    private List<Long> waiting(int atMost) {
        return pending.first(atMost + inWork.size())
            .stream()
            .filter(number -> !inWork.contains(number))
            .limit(atMost)
            .toList();
    }

    /** One try for each number; returns a failure if there was any. */
    private @Nullable Throwable round(List<Long> numbers) {
        try {
            Optional<CopyTarget> target = sources.customers().find(vpcId).flatMap(CopyTarget::of);
            if (target.isEmpty()) {
                LOG.info("{} keeps no copy of its log any more", vpcId);
                pending.clear();
                return null;
            }
            List<CompletableFuture<Void>> copies = numbers.stream()
                .map(number -> CompletableFuture.runAsync(() -> copyFromLog(target.get(), number),
                        sources.threads()))
                .toList();
            CompletableFuture.allOf(copies.toArray(CompletableFuture[]::new)).join();
            return null;
        } catch (CompletionException e) {
            return root(e);
        } catch (RuntimeException e) {
            return e;
        }
    }

    private void copyFromLog(CopyTarget target, long number) {
        sources.backgroundPuts().acquireUninterruptibly();
        try {
            Optional<byte[]> json = sources.log().read(vpcId, number);
            if (json.isPresent()) {
                sources.buckets().put(target, vpcId, number, json.get());
            } else {
                LOG.error("Entry {} of {} is gone from the log before it was copied", number, vpcId);
            }
            done(number);
        } finally {
            sources.backgroundPuts().release();
        }
    }

    private static Throwable root(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
