/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.memory;

import java.util.Optional;

import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import org.sovereignkeys.cluster.ClientKey;
import org.sovereignkeys.cluster.ClusterSecrets;
import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.hsm.Pin;

/** Holds the secrets of a node that is alone; they are gone with its process. */
@Component
@ConditionalOnLocation(setting = "cluster", technology = "memory")
class MemoryClusterSecrets implements ClusterSecrets {
    private @Nullable ClientKey clientKey;
    private @Nullable Pin pin;

    @Override
    public synchronized Optional<ClientKey> clientKey() {
        return Optional.ofNullable(clientKey).map(ClientKey::copy);
    }

    @Override
    public synchronized boolean offerClientKey(ClientKey key) {
        if (clientKey != null) {
            return false;
        }
        clientKey = key.copy();
        return true;
    }

    @Override
    public synchronized Optional<Pin> pin() {
        return Optional.ofNullable(pin).map(Pin::copy);
    }

    @Override
    public synchronized boolean offerPin(Pin offered) {
        if (pin != null) {
            return false;
        }
        pin = offered.copy();
        return true;
    }

    @Override
    public synchronized void withdrawPin(Pin refused) {
        if (pin != null && pin.matches(refused)) {
            pin.destroy();
            pin = null;
        }
    }

    @PreDestroy
    synchronized void forget() {
        if (clientKey != null) {
            clientKey.destroy();
        }
        if (pin != null) {
            pin.destroy();
        }
    }
}
