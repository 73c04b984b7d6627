/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.UUID;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.hsm.Pin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** What holds for the secrets of a node, whatever it shares them over. */
public abstract class ClusterSecretsContract {
    /** Secrets that nobody has given yet; the same ones throughout a test. */
    protected abstract ClusterSecrets secrets();

    protected static SharedPin pin(String text) {
        return new SharedPin(Pin.of(text), UUID.randomUUID());
    }

    protected static ClientKey key(String text) {
        return ClientKey.of(text.getBytes(US_ASCII));
    }

    protected static void assertHolds(ClusterSecrets secrets, String pin) {
        assertThat(secrets.pin()).hasValueSatisfying(held -> assertThat(held.pin().matches(Pin.of(pin))).isTrue());
    }

    @Test
    void nothingIsThereAtFirst() {
        assertThat(secrets().clientKey()).isEmpty();
        assertThat(secrets().pin()).isEmpty();
        assertThat(secrets().isAway()).isFalse();
        assertThat(secrets().answers()).isTrue();
    }

    @Test
    void firstClientKeyIsKept() {
        assertThat(secrets().offerClientKey(key("first"))).isTrue();
        assertThat(secrets().offerClientKey(key("second"))).isFalse();

        assertThat(secrets().clientKey()).hasValueSatisfying(held -> assertThat(held.matches(key("first"))).isTrue());
    }

    @Test
    void clientKeyInPlaceIsKept() {
        secrets().keepClientKey(key("in-place"));

        assertThat(secrets().clientKey())
            .hasValueSatisfying(held -> assertThat(held.matches(key("in-place"))).isTrue());
    }

    @Test
    void firstPinIsSharedAndMayBeOfferedAgain() {
        SharedPin first = pin("first");
        assertThat(secrets().offerPin(first)).isTrue();
        assertThat(secrets().offerPin(first)).isTrue();

        assertHolds(secrets(), "first");
        assertThat(secrets().pin()).hasValueSatisfying(held -> assertThat(held.push()).isEqualTo(first.push()));
    }

    @Test
    void copyThatIsDestroyedLeavesTheOthers() {
        SharedPin offered = pin("a-pin");
        secrets().offerPin(offered);
        offered.pin().destroy();
        secrets().pin().orElseThrow().pin().destroy();

        assertHolds(secrets(), "a-pin");
    }

    @Test
    void wrongPinIsForgottenAndAnotherTaken() {
        SharedPin wrong = pin("wrong");
        secrets().offerPin(wrong);

        assertThat(secrets().withdrawPin(wrong.push(), true)).isTrue();
        assertThat(secrets().pin()).isEmpty();
        assertThat(secrets().offerPin(pin("right"))).isTrue();
        assertHolds(secrets(), "right");
    }

    @Test
    void withdrawalOfAnotherPinChangesNothing() {
        secrets().offerPin(pin("right"));
        secrets().withdrawPin(UUID.randomUUID(), true);

        assertHolds(secrets(), "right");
    }

    @Test
    void nothingShowsASecret() {
        SharedPin pin = pin("S3cr3t");
        secrets().offerPin(pin);

        assertThat(pin + " " + secrets() + secrets().pin() + secrets().clientKey()).doesNotContain("S3cr3t");
    }
}
