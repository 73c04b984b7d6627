/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.audit.PendingNumbers;
import org.sovereignkeys.configuration.AuditCopy;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

/**
 * Copies to the customers' buckets. Of a log of which the backlog knows nothing the last entries are put again, which
 * changes nothing where they lie already.
 */
final class S3CustomerCopies implements CustomerCopies, CopyBacklog.Heir, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(S3CustomerCopies.class);
    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final Duration WAIT_WHEN_REQUIRED = Duration.ofSeconds(6);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final Duration TAKE_UP_INTERVAL = Duration.ofSeconds(5);
    private static final int BACKGROUND_PUTS = 256;

    private final AuditCopy policy;
    private final CustomerDirectory customers;
    private final AuditStore log;
    private final CopyBacklog backlog;
    private final MeterRegistry meters;
    private final VpcCopy.Sources sources;
    private final ExecutorService threads = Executors
        .newThreadPerTaskExecutor(Thread.ofVirtual().name("audit-copy-", 0).factory());
    private final Map<VpcId, VpcCopy> copies = new ConcurrentHashMap<>();

    S3CustomerCopies(AuditCopy policy, CustomerDirectory customers, CustomerBuckets buckets, AuditStore log,
            CopyBacklog backlog, MeterRegistry meters) {
        this.policy = policy;
        this.customers = customers;
        this.log = log;
        this.backlog = backlog;
        this.meters = meters;
        this.sources = new VpcCopy.Sources(customers, buckets, log, backlog, threads, new Semaphore(BACKGROUND_PUTS),
                InstantSource.system());
        Gauge.builder("sovereign_keys.audit.copy.longest_lag", copies, S3CustomerCopies::longestLag)
            .description("Since when the copy of the customer that is furthest behind lacks an entry; 0 if none is")
            .baseUnit("seconds")
            .register(meters);
    }

    private static double longestLag(Map<VpcId, VpcCopy> copies) {
        return copies.values().stream().mapToDouble(S3CustomerCopies::lagSeconds).max().orElse(0);
    }

    private static double lagSeconds(VpcCopy copy) {
        return copy.lag().toMillis() / 1000.0;
    }

    @Override
    public void copy(VpcId vpcId, long number, byte[] json, Runnable whenKept) {
        try {
            customers.find(vpcId)
                .flatMap(CopyTarget::of)
                .ifPresentOrElse(target -> copy(vpcId, target, number, json, whenKept), whenKept);
        } catch (CustomerDirectoryUnavailableException e) {
            copyOf(vpcId).add(number, whenKept);
            refuseIfRequired(vpcId, e);
        }
    }

    private void copy(VpcId vpcId, CopyTarget target, long number, byte[] json, Runnable whenKept) {
        VpcCopy copy = copyOf(vpcId);
        if (policy == AuditCopy.BACKGROUND && copy.isAvoided()) {
            copy.add(number, whenKept);
            return;
        }
        CompletableFuture<Void> put = copy.put(target, number, json, whenKept);
        try {
            put.get((policy == AuditCopy.REQUIRED ? WAIT_WHEN_REQUIRED : WAIT).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            TimeoutException slow = new TimeoutException("the bucket takes too long");
            copy.fallBehind(slow);
            refuseIfRequired(vpcId, slow);
        } catch (ExecutionException e) {
            refuseIfRequired(vpcId, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuseIfRequired(vpcId, e);
        }
    }

    private void refuseIfRequired(VpcId vpcId, @Nullable Throwable failure) {
        if (policy == AuditCopy.REQUIRED) {
            throw new AuditUnavailableException("The customer's copy of an entry of " + vpcId + " cannot be made: "
                    + (failure == null ? "" : failure.getMessage()), failure);
        }
    }

    @Override
    public void copyLater(VpcId vpcId, long number, Runnable whenKept) {
        threads.execute(() -> {
            if (mayKeepCopies(vpcId)) {
                copyOf(vpcId).add(number, whenKept);
            } else {
                whenKept.run();
            }
        });
    }

    private boolean mayKeepCopies(VpcId vpcId) {
        try {
            return customers.find(vpcId).flatMap(CopyTarget::of).isPresent();
        } catch (RuntimeException _) {
            return true; // found out when it is copied
        }
    }

    private VpcCopy copyOf(VpcId vpcId) {
        return copies.computeIfAbsent(vpcId, this::newCopy);
    }

    private VpcCopy newCopy(VpcId vpcId) {
        VpcCopy copy = new VpcCopy(vpcId, sources);
        Gauge.builder("sovereign_keys.audit.copy.pending", copy, VpcCopy::pendingCount)
            .description("Entries that are not known to lie in the customer's bucket yet")
            .tag("vpc_id", vpcId.value())
            .register(meters);
        Gauge.builder("sovereign_keys.audit.copy.lag", copy, S3CustomerCopies::lagSeconds)
            .description("Since when the customer's copy lacks an entry of the log; 0 if it is not behind")
            .baseUnit("seconds")
            .tag("vpc_id", vpcId.value())
            .register(meters);
        return copy;
    }

    /** Begins to see to what other processes left. */
    void start() {
        backlog.start(this);
    }

    @Override
    public void inherit(VpcId vpcId, PendingNumbers numbers) {
        copyOf(vpcId).addAll(numbers);
    }

    /** Puts the last entries of logs again, in the background. */
    @Override
    public void lookThroughLogs() {
        try {
            threads.execute(this::takeUpUntilDone);
        } catch (RejectedExecutionException closed) {
            LOG.debug("What lacks in customers' copies is left to others", closed);
        }
    }

    private void takeUpUntilDone() {
        Set<VpcId> done = new HashSet<>();
        try {
            while (!takeUp(done)) {
                Thread.sleep(TAKE_UP_INTERVAL);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether nothing is left. What is wrong with one VPC holds up no other. */
    private boolean takeUp(Set<VpcId> done) {
        try {
            Set<VpcId> vpcIds = new HashSet<>(log.vpcIds());
            vpcIds.removeAll(done);
            Set<VpcId> unknown = backlog.unknown(vpcIds);
            vpcIds.stream()
                .filter(vpcId -> !unknown.contains(vpcId) || isTakenUp(vpcId))
                .forEach(done::add);
            return done.containsAll(vpcIds);
        } catch (RuntimeException e) {
            LOG.warn("The logs cannot be listed, to see what lacks in customers' copies; it is tried again: {}",
                    e.toString());
            return false;
        }
    }

    private boolean isTakenUp(VpcId vpcId) {
        try {
            takeUp(vpcId);
            return true;
        } catch (RuntimeException e) {
            LOG.warn("What lacks in the copy of {} cannot be found out now; it is tried again: {}", vpcId,
                    e.toString());
            return false;
        }
    }

    private void takeUp(VpcId vpcId) {
        if (customers.find(vpcId).flatMap(CopyTarget::of).isEmpty()) {
            return;
        }
        AuditStore.Tail tail = log.tail(vpcId);
        Set<Long> holes = new HashSet<>(tail.holes());
        PendingNumbers last = new PendingNumbers();
        for (long number = tail.first(); number <= tail.highest(); number++) {
            if (!holes.contains(number)) {
                last.add(number);
            }
        }
        if (backlog.begin(vpcId, last)) {
            copyOf(vpcId).addAll(last);
        }
    }

    /** Gives the puts that are under way a moment; what is left is taken up at the next start. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
