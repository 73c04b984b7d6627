/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

import org.junit.jupiter.api.Tag;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Pin;

/**
 * The contract on the module that the environment names: SK_TEST_PKCS11_LIBRARY, _PIN, _TYPE and, if need be, _SLOT. The
 * build leaves it out where the first of them is not set. Makes the service's keys there if they are absent.
 */
@Tag("other-module")
class OtherModuleTest extends KeyVaultContract {
    OtherModuleTest() {
        super(settings(), Pin.of(required("SK_TEST_PKCS11_PIN")));
    }

    private static HsmSettings settings() {
        String slot = System.getenv("SK_TEST_PKCS11_SLOT");
        return new HsmSettings(HsmType.valueOf(required("SK_TEST_PKCS11_TYPE").toUpperCase(Locale.ROOT)),
                Path.of(required("SK_TEST_PKCS11_LIBRARY")), slot == null ? null : Long.valueOf(slot), 4,
                Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(1), 16,
                Duration.ofMinutes(10));
    }

    private static String required(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }
}
