/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

/**
 * What was measured.
 *
 * @param time how long
 * @param micros how long each successful call took, in microseconds
 * @param failures how many calls failed, by status or exception
 */
record Measurement(Duration time, Histogram micros, Map<String, Long> failures) {
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(2);
    private static final int DIGITS = 3;

    static Histogram emptyHistogram() {
        return new Histogram(LONGEST_MICROS, DIGITS);
    }

    static void record(Histogram micros, long nanos) {
        micros.recordValue(Math.min(TimeUnit.NANOSECONDS.toMicros(nanos), LONGEST_MICROS));
    }

    /** Of no time at all. */
    static Measurement none() {
        return new Measurement(Duration.ZERO, emptyHistogram(), Map.of());
    }

    /** This one, and another that was taken in the same time. */
    Measurement besides(Measurement other) {
        return with(other, other.time.compareTo(time) > 0 ? other.time : time);
    }

    /** This one, and another that was taken after it. */
    Measurement then(Measurement later) {
        return with(later, time.plus(later.time));
    }

    private Measurement with(Measurement other, Duration wholeTime) {
        Histogram both = emptyHistogram();
        both.add(micros);
        both.add(other.micros);
        Map<String, Long> allFailures = new TreeMap<>(failures);
        other.failures.forEach((failure, count) -> allFailures.merge(failure, count, Long::sum));
        return new Measurement(wholeTime, both, allFailures);
    }

    long calls() {
        return micros.getTotalCount();
    }

    double callsPerSecond() {
        return time.isZero() ? 0 : calls() * 1e9 / time.toNanos();
    }

    double millisAtPercentile(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }
}
