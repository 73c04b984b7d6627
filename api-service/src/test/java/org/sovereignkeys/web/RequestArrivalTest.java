/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RequestArrivalTest {
    private static final Duration A_WHILE = Duration.ofSeconds(60);
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @Test
    void whatTheGatewaySpentCounts() {
        request.addHeader("x-sovereign-keys-elapsed-ms", "98765");
        RequestArrival.mark(request);

        assertThat(RequestArrival.age(request)).isBetween(Duration.ofMillis(98_765),
                Duration.ofMillis(98_765).plus(A_WHILE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "1e4", "123456", " 7", "0x10", "99999999999999999999"})
    void whatIsNoNumberOfMillisecondsIsIgnored(String text) {
        request.addHeader("x-sovereign-keys-elapsed-ms", text);
        RequestArrival.mark(request);

        assertThat(RequestArrival.age(request)).isBetween(Duration.ZERO, A_WHILE);
    }

    @Test
    void aRequestThatNobodyMarkedHasJustCome() {
        assertThat(RequestArrival.age(request)).isZero();
    }
}
