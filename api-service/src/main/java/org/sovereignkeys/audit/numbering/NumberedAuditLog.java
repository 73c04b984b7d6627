/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.sovereignkeys.audit.AuditLog;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.hsm.HsmException;
import org.sovereignkeys.hsm.KeyVault;

/**
 * The log: takes a number, signs, stores, settles. What fails after the number is taken stays on record and is stored in
 * the background, so that no number is left out once all is well again. Crash points: docs/design/audit-log.md.
 */
public final class NumberedAuditLog implements AuditLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NumberedAuditLog.class);
    private static final Duration APPEND_LIMIT = Duration.ofSeconds(8);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration FINISHER_INTERVAL = Duration.ofSeconds(1);

    private final Numbering numbering;
    private final EntryWriter writer;
    private final CustomerCopies copies;
    private final LogRecovery recovery;
    private final Finisher finisher;
    private final Duration appendLimit;
    private final ExecutorService appends = Executors
        .newThreadPerTaskExecutor(Thread.ofVirtual().name("audit-", 0).factory());

    NumberedAuditLog(Numbering numbering, AuditStore store, CustomerCopies copies, KeyVault vault,
            MeterRegistry meters) {
        this(numbering, store, copies, vault, meters, APPEND_LIMIT, FINISHER_INTERVAL);
    }

    NumberedAuditLog(Numbering numbering, AuditStore store, CustomerCopies copies, KeyVault vault,
            MeterRegistry registry,
            Duration appendLimit,
            Duration finisherInterval) {
        AuditMeters meters = new AuditMeters(registry, numbering);
        this.numbering = numbering;
        this.appendLimit = appendLimit;
        this.writer = new EntryWriter(numbering, store, vault, copies, meters);
        this.copies = copies;
        this.recovery = new LogRecovery(numbering, store, meters, finisherInterval);
        this.finisher = new Finisher(numbering, writer, copies, finisherInterval);
    }

    void start() {
        finisher.start();
        recovery.start();
    }

    /**
     * Has the logs of all known VPCs looked through, in the background: what a crash left out is filled, what was removed is
     * reported. To be called when the HSM is ready; calling it again does no harm.
     */
    public void recover() {
        recovery.request();
    }

    @Override
    public long append(CallRecord call) {
        try {
            Map<String, String> context = MDC.getCopyOfContextMap();
            Future<Long> stored = appends.submit(() -> {
                MDC.setContextMap(context == null ? Map.of() : context);
                return complete(call);
            });
            return stored.get(appendLimit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw asUnavailable(e.getCause());
        } catch (TimeoutException e) {
            throw new AuditUnavailableException("The entry was not stored within " + appendLimit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditUnavailableException("The wait for the entry was interrupted", e);
        } catch (RejectedExecutionException e) {
            throw new AuditUnavailableException("The log is closed", e);
        }
    }

    @Override
    public boolean isFailing() {
        return finisher.isFailing();
    }

    private long complete(CallRecord call) {
        return writer.complete(numbering.take(call), copies::copy);
    }

    private static RuntimeException asUnavailable(@Nullable Throwable failure) {
        return switch (failure) {
            case AuditUnavailableException unavailable -> unavailable;
            case HsmException unsigned -> new AuditUnavailableException("The entry could not be signed", unsigned);
            case null, default -> new IllegalStateException("The entry could not be made", failure);
        };
    }

    /** Stores what is on record, as far as that can be done within some seconds. No call may come any more. */
    @Override
    public void close() {
        appends.shutdown();
        try {
            if (!appends.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                appends.shutdownNow();
            }
            recovery.stop();
            finisher.stop(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long unstored = numbering.onRecord().stream().filter(entry -> !writer.isStored(entry)).count();
        if (unstored > 0) {
            LOG.warn("{} entries whose calls got no answer are not stored", unstored);
        }
    }
}
