/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * A service of AWS that we depend on, behind a circuit: once most of its calls fail, the next are refused at once instead
 * of waiting, and every second one is let through to see whether it is back. What it refuses for a reason of the call
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

    private final String name;
    private final CircuitBreaker circuit;

    /**
     * Begins with a closed circuit.
     *
     * @param name what it is, for people, as {@code the bucket my-audit-log}
     * @param meters where its state is shown, as {@code sovereign_keys.dependency.away}
     */
    public Dependency(String name, MeterRegistry meters) {
        this.name = name;
        circuit = CircuitBreaker.of(name, CONFIG);
        circuit.getEventPublisher()
            .onStateTransition(event -> tell(event.getStateTransition().getToState()));
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

    /** Whether calls are refused now. */
    public boolean isAway() {
        return circuit.getState() == CircuitBreaker.State.OPEN;
    }

    private void tell(CircuitBreaker.State state) {
        switch (state) {
            case OPEN -> LOG.warn("{} is away: most calls to it fail", name);
            case CLOSED -> LOG.info("{} is back", name);
            default -> LOG.debug("{}: circuit {}", name, state);
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
