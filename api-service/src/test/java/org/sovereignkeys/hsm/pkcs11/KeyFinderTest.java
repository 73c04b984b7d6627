/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.Arrays;
import java.util.Base64;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.hsm.HsmKeysException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** CKA_EC_POINT as tokens give it. */
class KeyFinderTest {
    private static final byte[] KEY_INFO = Vectors.pem("original/api_public_key.pem");
    private static final byte[] POINT = Arrays.copyOfRange(KEY_INFO, KEY_INFO.length - 97, KEY_INFO.length);

    @Test
    void aBarePointIsRead() {
        assertThat(KeyFinder.publicKey(POINT).base64()).isEqualTo(Base64.getEncoder().encodeToString(KEY_INFO));
    }

    @Test
    void aPointInAnOctetStringIsRead() {
        byte[] wrapped = new byte[99];
        wrapped[0] = 0x04;
        wrapped[1] = 97;
        System.arraycopy(POINT, 0, wrapped, 2, 97);

        assertThat(KeyFinder.publicKey(wrapped).base64()).isEqualTo(Base64.getEncoder().encodeToString(KEY_INFO));
    }

    @Test
    void aPointOffTheCurveIsRefused() {
        byte[] off = POINT.clone();
        off[96] ^= 1;

        assertThatThrownBy(() -> KeyFinder.publicKey(off)).isInstanceOf(HsmKeysException.class);
    }

    @Test
    void aPointOfAnotherCurveIsRefused() {
        assertThatThrownBy(() -> KeyFinder.publicKey(Arrays.copyOf(POINT, 65))).isInstanceOf(HsmKeysException.class);
    }
}
