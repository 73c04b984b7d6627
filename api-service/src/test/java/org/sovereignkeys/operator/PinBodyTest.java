/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.operator;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.cluster.ClusterException;
import org.sovereignkeys.hsm.Pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PinBodyTest {
    @ParameterizedTest
    @ValueSource(strings = {"{\"pin\":\"user:pass word\"}", " {\"x\":{\"pin\":\"no\"},\"pin\":\"user:pass word\"} ",
        "{\"pin\":\"us\\u0065r:pass word\",\"other\":[1,2]}"})
    void pinIsRead(String body) {
        assertThat(read(body).matches(Pin.of("user:pass word"))).isTrue();
    }

    @Test
    void pinMayHoldAnyCharacter() {
        assertThat(read("{\"pin\":\"\\\"\\\\é€😀\"}").copyOfSecretBytes())
            .isEqualTo("\"\\é€😀".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret-pin", "{}", "[]", "{\"pin\":secret-pin}", "{\"pin\":\"\"}", "{\"pin\":1234}",
        "{\"pin\":null}", "{\"pin\":[\"secret-pin\"]}", "{\"pin\":\"secret-pin\"", "{\"pin\":\"secret-pin\"}x",
        "{\"pin\":\"secret-pin\",\"pin\":\"secret-pin\"}", "{\"pin\":\"\\ud800\"}"})
    void otherBodiesAreRefusedWithoutQuotingThem(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(ClusterException.class)
            .hasNoCause()
            .hasMessage("The body must be {\"pin\":\"…\"} with the PIN as a string that is not empty.");
    }

    private static Pin read(String body) {
        return PinBody.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
