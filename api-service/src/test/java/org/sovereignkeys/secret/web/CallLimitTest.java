/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret.web;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.mock.web.MockHttpServletRequest;

import org.sovereignkeys.secret.CallTimedOutException;
import org.sovereignkeys.web.AccessDeniedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CallLimitTest {
    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final CallLimit limit = new CallLimit(Duration.ofSeconds(2));

    @AfterEach
    void close() {
        limit.close();
        MDC.clear();
    }

    @Test
    void anAnswerInTimeIsGiven() {
        assertThat(limit.within(request, () -> "answer")).isEqualTo("answer");
    }

    @Test
    void aCallThatTakesTooLongIsInterruptedAndRefused() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        assertThatExceptionOfType(CallTimedOutException.class).isThrownBy(() -> limit.within(request, () -> {
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "late";
        }));

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallWhoseTimeIsUpIsNotBegun() {
        request.setAttribute("org.sovereignkeys.web.RequestArrival",
                System.nanoTime() - Duration.ofSeconds(3).toNanos());
        AtomicBoolean begun = new AtomicBoolean();

        assertThatExceptionOfType(CallTimedOutException.class)
            .isThrownBy(() -> limit.within(request, () -> begun.getAndSet(true)));
        assertThat(begun).isFalse();
    }

    @Test
    void aRefusalGoesThrough() {
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> limit.within(request, () -> {
            throw new AccessDeniedException("no");
        }));
    }

    @Test
    void linesOfTheLogKeepTheRequestsId() {
        MDC.put("requestId", "r-1");

        assertThat(limit.within(request, () -> MDC.get("requestId"))).isEqualTo("r-1");
    }
}
