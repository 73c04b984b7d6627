/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AadTest {
    @Test
    void keysStandInAlphabeticalOrderWithNothingBetween() {
        assertThat(Aad.of(Map.of("volume_uuid", "b59fad1d-46f7-447c-96c8-c2f9408a00ad", "instance_id",
                "i-0c4f345c91e5cd4a2"))
            .text())
            .isEqualTo("AAD:instance_idi-0c4f345c91e5cd4a2volume_uuidb59fad1d-46f7-447c-96c8-c2f9408a00ad");
    }

    @Test
    void keysAndValuesAreLowerCasedAndThePrefixIsNot() {
        assertThat(Aad.of(Map.of("VPC_ID", "VPC-0B1E")).text()).isEqualTo("AAD:vpc_idvpc-0b1e");
    }
}
