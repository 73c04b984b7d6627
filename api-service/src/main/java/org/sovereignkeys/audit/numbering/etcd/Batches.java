/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;

/** Groups the calls of one VPC that come while a transaction is under way. One is under way at a time. */
final class Batches {
    private static final int MAX_ENTRIES = 100;
    private static final int MAX_SIZE_BYTES = 512 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(7);

    private final Function<List<CallRecord>, List<AuditEntry>> take;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean underWay;

    /** A call without a number yet. */
    private record Waiting(CallRecord call, int sizeBytes, CompletableFuture<AuditEntry> entry) {}

    /** @param take gives numbers to the first of the calls, at least to one, or throws */
    Batches(Function<List<CallRecord>, List<AuditEntry>> take) {
        this.take = take;
    }

    /** Waits for a number, some seconds at most. */
    AuditEntry take(CallRecord call) {
        int sizeBytes = new AuditEntry(1, call).toJson().length;
        CompletableFuture<AuditEntry> entry = new CompletableFuture<>();
        enqueue(new Waiting(call, sizeBytes, entry));
        try {
            return entry.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            entry.cancel(false);
            throw new AuditUnavailableException("No number within " + LIMIT, e);
        } catch (InterruptedException e) {
            entry.cancel(false);
            Thread.currentThread().interrupt();
            throw new AuditUnavailableException("The wait for a number was interrupted", e);
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        return cause instanceof AuditUnavailableException
                ? new AuditUnavailableException("No number could be taken: " + cause.getMessage(), cause)
                : new IllegalStateException("No number could be taken", cause);
    }

    private synchronized void enqueue(Waiting call) {
        waiting.add(call);
        if (!underWay) {
            underWay = true;
            Thread.ofVirtual().name("audit-numbers").start(this::work);
        }
    }

    private void work() {
        for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
            number(batch);
        }
    }

    private synchronized List<Waiting> next() {
        List<Waiting> batch = new ArrayList<>();
        waiting.removeIf(call -> call.entry.isDone());
        for (int left = MAX_SIZE_BYTES; !waiting.isEmpty()
                && batch.size() < MAX_ENTRIES; left -= batch.getLast().sizeBytes) {
            if (!batch.isEmpty() && waiting.getFirst().sizeBytes > left) {
                break;
            }
            batch.add(waiting.removeFirst());
        }
        underWay = !batch.isEmpty();
        return batch;
    }

    private void number(List<Waiting> batch) {
        try {
            List<AuditEntry> entries = take.apply(batch.stream().map(Waiting::call).toList());
            for (int i = 0; i < entries.size(); i++) {
                batch.get(i).entry.complete(entries.get(i));
            }
            putBack(batch.subList(entries.size(), batch.size()));
        } catch (RuntimeException e) {
            List<Waiting> others = allWaiting();
            batch.forEach(call -> call.entry.completeExceptionally(e));
            others.forEach(call -> call.entry.completeExceptionally(e));
        }
    }

    private synchronized void putBack(List<Waiting> calls) {
        calls.reversed().forEach(waiting::addFirst);
    }

    /** What keeps one batch from its numbers keeps the others too: they shall not wait in vain one after another. */
    private synchronized List<Waiting> allWaiting() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
