/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WrappedBlobTest {
    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void ivNonceAndCiphertextStandInThisOrder() {
        WrappedBlob blob = WrappedBlob.of(filled(12, 1), filled(32, 2), filled(48, 3));

        assertThat(Arrays.copyOf(blob.bytes(), 12)).isEqualTo(filled(12, 1));
        assertThat(new WrappedBlob(blob.bytes()).nonce()).isEqualTo(filled(32, 2));
        assertThat(new WrappedBlob(blob.bytes()).ciphertextAndTag()).isEqualTo(filled(48, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 44, 91, 93, 184})
    void anyOtherLengthIsRefused(int size) {
        assertThatThrownBy(() -> new WrappedBlob(new byte[size])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsOfOtherLengthsAreRefused() {
        assertThatThrownBy(() -> WrappedBlob.of(new byte[11], new byte[33], new byte[48]))
            .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itShowsItsSizeOnly() {
        assertThat(new WrappedBlob(filled(92, 7))).hasToString("WrappedBlob[92 bytes]");
    }

    @Test
    void nobodyChangesItFromOutside() {
        byte[] bytes = filled(92, 7);
        WrappedBlob blob = new WrappedBlob(bytes);
        bytes[0] = 0;
        blob.bytes()[1] = 0;

        assertThat(blob).isEqualTo(new WrappedBlob(filled(92, 7)));
    }
}
