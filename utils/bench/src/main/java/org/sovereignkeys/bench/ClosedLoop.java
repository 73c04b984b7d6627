/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.HdrHistogram.Histogram;

/**
 * Clients of which each makes its next call as soon as the former is answered. Counted is what ends after the warm-up
 * and before the end. A closed loop says how much is served and how long it takes then, and nothing of calls that would
 * come faster than they are served.
 */
final class ClosedLoop {
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(5);

    private final LongSupplier nanoTime;

    ClosedLoop() {
        this(System::nanoTime);
    }

    ClosedLoop(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Runs all clients at once, each on a virtual thread as the service's own callers. */
    Measurement run(List<? extends Client> clients, Duration warmUp, Duration time) {
        long begin = nanoTime.getAsLong() + warmUp.toNanos();
        long end = begin + time.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Measurement>> parts = clients.stream()
                .map(client -> threads.submit(() -> repeat(client, begin, end, time)))
                .toList();
            Measurement whole = Measurement.none();
            for (Future<Measurement> part : parts) {
                whole = whole.besides(part.get());
            }
            return whole;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client ended early", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Measurement repeat(Client client, long begin, long end, Duration time) throws InterruptedException {
        Histogram micros = Measurement.emptyHistogram();
        Map<String, Long> failures = new TreeMap<>();
        long started = nanoTime.getAsLong();
        while (started - end < 0) {
            String failure = failureOf(client);
            long ended = nanoTime.getAsLong();
            if (ended - begin >= 0 && ended - end < 0) {
                if (failure.isEmpty()) {
                    Measurement.record(micros, ended - started);
                } else {
                    failures.merge(failure, 1L, Long::sum);
                }
            }
            if (!failure.isEmpty()) {
                TimeUnit.NANOSECONDS.sleep(PAUSE_AFTER_FAILURE.toNanos());
            }
            started = nanoTime.getAsLong();
        }
        return new Measurement(time, micros, failures);
    }

    /** What the call failed by; empty when it succeeded. */
    private static String failureOf(Client client) {
        try {
            client.call();
            return "";
        } catch (NoSuccessException e) {
            return Integer.toString(e.status());
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }
}
