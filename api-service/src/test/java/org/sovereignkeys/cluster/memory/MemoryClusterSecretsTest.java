/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.memory;

import org.sovereignkeys.cluster.ClusterSecrets;
import org.sovereignkeys.cluster.ClusterSecretsContract;

class MemoryClusterSecretsTest extends ClusterSecretsContract {
    private final MemoryClusterSecrets secrets = new MemoryClusterSecrets();

    @Override
    protected ClusterSecrets secrets() {
        return secrets;
    }
}
