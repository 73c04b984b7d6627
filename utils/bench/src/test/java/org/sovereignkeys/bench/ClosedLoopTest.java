/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** On a clock that only calls move on. */
class ClosedLoopTest {
    private static final Duration TIME = Duration.ofMillis(300);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final ClosedLoop loop = new ClosedLoop(clock::get);
    private final AtomicInteger calls = new AtomicInteger();
    private final CyclicBarrier allThree = new CyclicBarrier(3, () -> pass(10));

    private void pass(long millis) {
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    private void callOf10Millis() {
        calls.incrementAndGet();
        pass(10);
    }

    @Test
    void aClientMakesOneCallAfterTheOtherUntilTheEnd() {
        Measurement measurement = loop.run(List.of(this::callOf10Millis), Duration.ZERO, TIME);

        assertThat(calls).hasValue(30);
        assertThat(measurement.calls()).isEqualTo(29);
        assertThat(measurement.callsPerSecond()).isEqualTo(29 / 0.3);
        assertThat(measurement.millisAtPercentile(0)).isBetween(9.99, 10.01);
        assertThat(measurement.millisAtPercentile(100)).isBetween(9.99, 10.01);
        assertThat(measurement.failures()).isEmpty();
    }

    @Test
    void allClientsCallAtOnce() {
        Measurement measurement = loop.run(Collections.nCopies(3, this::callOfAllThree), Duration.ZERO, TIME);

        assertThat(measurement.calls()).isEqualTo(3 * 29);
        assertThat(measurement.time()).isEqualTo(TIME);
    }

    private void callOfAllThree() throws InterruptedException, BrokenBarrierException {
        allThree.await();
    }

    @Test
    void whatEndsDuringTheWarmUpDoesNotCount() {
        Measurement measurement = loop.run(List.of(this::callOf10Millis), TIME, Duration.ofMillis(50));

        assertThat(measurement.calls()).isEqualTo(5);
        assertThat(calls).hasValue(35);
    }

    @Test
    void whatEndsTooLateDoesNotCount() {
        assertThat(loop.run(List.of(() -> pass(200)), Duration.ZERO, Duration.ofMillis(50)).calls()).isZero();
    }

    @Test
    void failuresAreCountedByWhatTheyAreAndAreNoCalls() {
        Measurement measurement = loop.run(List.of(this::failEverySecondTime), Duration.ZERO, TIME);

        assertThat(measurement.failures()).isEqualTo(Map.of("503", 8L, "IllegalStateException", 7L));
        assertThat(measurement.failed()).isEqualTo(15);
        assertThat(measurement.calls()).isEqualTo(14);
    }

    private void failEverySecondTime() throws NoSuccessException {
        callOf10Millis();
        switch (calls.get() % 4) {
            case 1 -> throw new NoSuccessException(503, "away");
            case 3 -> throw new IllegalStateException("broken");
            default -> {
            }
        }
    }
}
