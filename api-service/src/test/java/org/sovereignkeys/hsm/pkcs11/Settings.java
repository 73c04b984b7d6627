/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.time.Duration;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.simulator.Simulator;

/** Settings for tests: short waits. */
final class Settings {
    private Settings() {}

    static HsmSettings of(Simulator simulator) {
        return of(simulator, 4, 16);
    }

    static HsmSettings of(Simulator simulator, int sessions, int cacheSize) {
        return new HsmSettings(simulator.vendor(), Simulator.library(), null, sessions, Duration.ofSeconds(5),
                Duration.ofSeconds(8), Duration.ofSeconds(30), Duration.ofMillis(200), cacheSize,
                Duration.ofMinutes(10));
    }
}
