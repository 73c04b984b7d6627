/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret.web;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.secret.Parameter;

import static org.assertj.core.api.Assertions.assertThat;

class CallBodyTest {
    @Test
    void textsOfKnownMembersAreRead() {
        CallBody body = read("{\"volume_uuid\":\"v\",\"encrypted_secret\":\"QQ==\"}");

        assertThat(body.problem()).isNull();
        assertThat(body.parameters()).containsEntry(Parameter.VOLUME_UUID, "v")
            .containsEntry(Parameter.ENCRYPTED_SECRET, "QQ==")
            .hasSize(2);
    }

    @Test
    void unknownMembersAreIgnoredWhateverTheyAre() {
        CallBody body = read("{\"vpc_id\":\"vpc-00000000\",\"x\":{\"volume_uuid\":[1,{}]},\"volume_uuid\":\"v\"}");

        assertThat(body.problem()).isNull();
        assertThat(body.parameters()).containsOnlyKeys(Parameter.VOLUME_UUID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "true", "[\"v\"]", "{\"a\":\"v\"}"})
    void memberThatIsNoStringIsNotGiven(String value) {
        assertThat(read("{\"volume_uuid\":" + value + "}").parameters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "1", "\"x\"", "[]", "{", "{\"volume_uuid\":\"v\"", "{'volume_uuid':'v'}",
        "{\"volume_uuid\":\"v\"}{}", "{\"volume_uuid\":\"v\"} x", "volume_uuid=v"})
    void whatIsNotOneJsonObjectIsAProblem(String body) {
        assertThat(read(body).problem()).isNotNull();
    }

    @Test
    void memberThatIsThereTwiceIsAProblem() {
        assertThat(read("{\"volume_uuid\":\"v\",\"volume_uuid\":\"w\"}").problem()).contains("once");
    }

    @Test
    void memberThatIsThereTwiceUnderAnEscapeIsAProblem() {
        assertThat(read("{\"volume_uuid\":\"v\",\"volume\\u005fuuid\":\"w\"}").problem()).contains("once");
    }

    @Test
    void deepNestingIsAProblemAndNothingWorse() {
        assertThat(read("{\"x\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}").problem()).isNotNull();
    }

    private static CallBody read(String body) {
        return CallBody.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
