/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * A service of AWS that we depend on, behind a circuit: once most of its calls fail, the next are refused at once instead
 * of waiting, and once a second one is let through to see whether it is back. What it refuses for a reason of the call
 * itself (4xx) is an answer, not a failure.
 */
public final class Dependency {
    private static final Logger LOG = LoggerFactory.getLogger(Dependency.class);
    private static final CircuitBreakerConfig CONFIG = CircuitBreakerConfig.custom()
        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
        .slidingWindowSize(10)
        .minimumNumberOfCalls(10)
        .failureRateThreshold(50)
        .waitDurationInOpenState(Duration.ofSeconds(1))
        // More would have to come soon: where few do, the circuit would open again without a failure.
        .permittedNumberOfCallsInHalfOpenState(1)
        .maxWaitDurationInHalfOpenState(Duration.ofSeconds(10))
        .recordException(Dependency::isItsFailure)
        .ignoreException(AbortedException.class::isInstance)
        .build();

    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

    private final String name;
    private final CircuitBreaker circuit;
    private final @Nullable Runnable probe;
    private final AtomicBoolean probing = new AtomicBoolean();

    /**
     * Begins with a closed circuit.
     *
     * @param name what it is, for people, as {@code the bucket my-audit-log}
     * @param meters where its state is shown, as {@code sovereign_keys.dependency.away}
     */
    public Dependency(String name, MeterRegistry meters) {
        this(name, meters, null);
    }

    /**
     * A dependency without which the node can serve nothing. While it is away it is asked by ourselves, for the load
     * balancer then sends no calls here that would find out that it is back.
     *
     * @param probe a call to it that changes nothing
     */
    public static Dependency essential(String name, MeterRegistry meters, Runnable probe) {
        return new Dependency(name, meters, probe);
    }

    private Dependency(String name, MeterRegistry meters, @Nullable Runnable probe) {
        this.name = name;
        this.probe = probe;
        circuit = CircuitBreaker.of(name, CONFIG);
        circuit.getEventPublisher()
            .onStateTransition(event -> changed(event.getStateTransition()));
        Gauge.builder("sovereign_keys.dependency.away", this, dependency -> dependency.isAway() ? 1 : 0)
            .description("1 while calls to it are refused because most have failed")
            .tag("dependency", name)
            .register(meters);
    }

    /**
     * Makes a call, unless the circuit is open.
     *
     * @throws SdkException as the call does; or {@link SdkClientException} because the circuit is open
     */
    public <T> T call(Supplier<T> call) {
        try {
            return circuit.executeSupplier(call);
        } catch (CallNotPermittedException e) {
            throw SdkClientException.create(name + " is away; it is tried again every second", e);
        }
    }

    /** Whether it has not answered since most calls failed; nearly all are refused until it does. */
    public boolean isAway() {
        return circuit.getState() != CircuitBreaker.State.CLOSED;
    }

    /** Whether nothing can be served without it. */
    public boolean isEssential() {
        return probe != null;
    }

    /** What it is, for people. */
    public String name() {
        return name;
    }

    private void changed(CircuitBreaker.StateTransition transition) {
        switch (transition) {
            case CLOSED_TO_OPEN -> {
                LOG.warn("{} is away: most calls to it fail", name);
                probeUntilBack();
            }
            case HALF_OPEN_TO_CLOSED -> LOG.info("{} is back", name);
            default -> LOG.debug("{}: circuit {}", name, transition);
        }
    }

    private void probeUntilBack() {
        if (probe != null && probing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("probe").start(this::probe);
        }
    }

    private void probe() {
        try {
            while (isAway()) {
                Thread.sleep(PROBE_INTERVAL);
                probeOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            probing.set(false);
        }
        if (isAway()) {
            probeUntilBack();
        }
    }

    private void probeOnce() {
        try {
            call(() -> {
                Objects.requireNonNull(probe).run();
                return true;
            });
        } catch (SdkException e) {
            LOG.debug("{} does not answer yet", name, e);
        }
    }

    private static boolean isItsFailure(Throwable failure) {
        return switch (failure) {
            case SdkServiceException answered -> answered.statusCode() >= 500 || answered.isThrottlingException();
            case SdkException _ -> true;
            default -> false;
        };
    }
}
