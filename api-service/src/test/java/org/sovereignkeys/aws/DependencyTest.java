/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class DependencyTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Dependency dependency = new Dependency("the bucket", meters);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void anAnswerGoesThrough() {
        assertThat(dependency.call(() -> "answer")).isEqualTo("answer");
    }

    @Test
    void aFailureGoesThroughAsItIs() {
        SdkException failure = answered(503);

        assertThatExceptionOfType(S3Exception.class).isThrownBy(() -> dependency.call(failing(failure)))
            .isSameAs(failure);
    }

    @Test
    void whenMostCallsFailTheNextAreRefusedUnasked() {
        fail(10, answered(503));
        int before = asked.get();

        assertThatExceptionOfType(SdkClientException.class).isThrownBy(() -> dependency.call(failing(answered(503))))
            .withMessageContaining("the bucket is away");
        assertThat(asked).hasValue(before);
        assertThat(away()).isEqualTo(1);
    }

    @Test
    void whatCannotBeReachedIsAwayToo() {
        fail(10, SdkClientException.create("connection refused"));

        assertThat(dependency.isAway()).isTrue();
    }

    @Test
    void refusalsAreAnswers() {
        fail(50, answered(404));
        fail(50, answered(412));
        fail(50, answered(403));

        assertThat(dependency.isAway()).isFalse();
    }

    @Test
    void whatWeGaveUpOurselvesDoesNotCount() {
        fail(50, AbortedException.create("interrupted"));

        assertThat(dependency.isAway()).isFalse();
    }

    @Test
    void itIsAskedAgainAfterAMomentAndServesAtOnce() {
        fail(10, answered(500));
        Instant since = Instant.now();

        await().atMost(Duration.ofSeconds(5)).ignoreExceptions().until(() -> dependency.call(() -> true));
        assertThat(Duration.between(since, Instant.now())).isGreaterThan(Duration.ofMillis(900));
        for (int i = 0; i < 50; i++) {
            assertThat(dependency.call(() -> true)).isTrue();
        }
        assertThat(away()).isZero();
    }

    @Test
    void oneAnswerEndsTheOutage() {
        fail(10, answered(500));
        await().atMost(Duration.ofSeconds(5)).ignoreExceptions().until(() -> dependency.call(() -> true));

        fail(9, answered(500));
        assertThat(dependency.isAway()).isFalse();
    }

    @Test
    void aRefusalEndsItToo() {
        fail(10, answered(500));
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> fail(1, answered(404), S3Exception.class));

        fail(5, answered(500));
        assertThat(dependency.isAway()).isFalse();
    }

    @Test
    void whatIsEssentialIsTriedThoughNobodyCalls() {
        AtomicBoolean back = new AtomicBoolean();
        Dependency essential = Dependency.essential("the log", meters, () -> {
            if (!back.get()) {
                throw answered(503);
            }
        });
        for (int i = 0; i < 10; i++) {
            assertThatExceptionOfType(SdkException.class).isThrownBy(() -> essential.call(failing(answered(503))));
        }
        await().during(Duration.ofSeconds(2)).until(essential::isAway);
        back.set(true);

        await().atMost(Duration.ofSeconds(5)).until(() -> !essential.isAway());
    }

    private double away() {
        return meters.get("sovereign_keys.dependency.away").tag("dependency", "the bucket").gauge().value();
    }

    private void fail(int times, SdkException failure) {
        for (int i = 0; i < times; i++) {
            assertThatExceptionOfType(SdkException.class).isThrownBy(() -> dependency.call(failing(failure)));
        }
    }

    private void fail(int times, SdkException failure, Class<? extends SdkException> expected) {
        for (int i = 0; i < times; i++) {
            assertThatExceptionOfType(expected).isThrownBy(() -> dependency.call(failing(failure)));
        }
    }

    private Supplier<String> failing(SdkException failure) {
        return () -> {
            asked.incrementAndGet();
            throw failure;
        };
    }

    private static SdkException answered(int status) {
        return (SdkException) S3Exception.builder().statusCode(status).message("status " + status).build();
    }
}
