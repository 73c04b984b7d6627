/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.simulator.Simulator;

/** The contract on the simulator with the manners of Proteccio. */
class ProteccioSimulatorTest extends KeyVaultContract {
    ProteccioSimulatorTest(@TempDir Path folder) {
        super(Simulator.fresh(HsmType.PROTECCIO, folder).inThisProcess());
    }
}
