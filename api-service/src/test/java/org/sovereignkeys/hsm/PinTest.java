/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PinTest {
    @Test
    void itIsHeldInUtf8() {
        assertThat(Pin.of("opérateur:€").copyOfSecretBytes())
            .isEqualTo("opérateur:€".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void itShowsItselfToNobody() {
        assertThat(Pin.of("12345678")).hasToString("Pin[redacted]");
    }

    @Test
    void aDestroyedPinIsGone() {
        Pin pin = Pin.of("12345678");
        pin.destroy();

        assertThat(pin.isDestroyed()).isTrue();
        assertThatThrownBy(pin::copyOfSecretBytes).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCopyOutlivesTheOriginal() {
        Pin pin = Pin.of("12345678");
        Pin copy = pin.copy();
        pin.destroy();

        assertThat(copy.matches(Pin.of("12345678"))).isTrue();
    }

    @Test
    void aChangedCopyOfTheBytesChangesNothing() {
        Pin pin = Pin.of("12345678");
        pin.copyOfSecretBytes()[0] = 0;

        assertThat(pin.matches(Pin.of("12345678"))).isTrue();
    }

    @Test
    void anotherPinDoesNotMatch() {
        assertThat(Pin.of("12345678").matches(Pin.of("1234567"))).isFalse();
    }

    @Test
    void noneAndInvalidTextAreRefused() {
        assertThatThrownBy(() -> Pin.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Pin.of("\ud800")).isInstanceOf(IllegalArgumentException.class);
    }
}
