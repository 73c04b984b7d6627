/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SignatureTest {
    private static byte[] raw(int firstByteOfR, int firstByteOfS) {
        byte[] raw = new byte[96];
        raw[0] = (byte) firstByteOfR;
        raw[47] = 1;
        raw[48] = (byte) firstByteOfS;
        raw[95] = 1;
        return raw;
    }

    @Test
    void aHighBitGetsOneZeroByte() {
        byte[] der = Signature.ofRaw(raw(0x80, 0x7f)).bytes();

        assertThat(der).hasSize(2 + 2 + 49 + 2 + 48).startsWith(0x30, 101, 0x02, 49, 0x00, 0x80);
    }

    @Test
    void leadingZerosAreLeftOut() {
        assertThat(Signature.ofRaw(raw(0, 0)).bytes()).containsExactly(0x30, 6, 0x02, 1, 1, 0x02, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 64, 95, 97, 132})
    void anyOtherLengthIsRefused(int size) {
        assertThatThrownBy(() -> Signature.ofRaw(new byte[size])).isInstanceOf(IllegalArgumentException.class);
    }
}
