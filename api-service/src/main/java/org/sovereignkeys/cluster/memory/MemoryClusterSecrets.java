/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.memory;

import java.util.Optional;
import java.util.UUID;

import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import org.sovereignkeys.cluster.ClientKey;
import org.sovereignkeys.cluster.ClusterSecrets;
import org.sovereignkeys.cluster.FirstKeyClaim;
import org.sovereignkeys.cluster.SharedPin;
import org.sovereignkeys.configuration.ConditionalOnLocation;

/** Holds the secrets of a node that is alone; they are gone with its process. */
@Component
@ConditionalOnLocation(setting = "cluster", technology = "memory")
class MemoryClusterSecrets implements ClusterSecrets, FirstKeyClaim {
    private @Nullable ClientKey clientKey;
    private @Nullable SharedPin pin;

    @Override
    public boolean isAway() {
        return false;
    }

    @Override
    public boolean answers() {
        return true;
    }

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
    public void keepClientKey(ClientKey key) {
        var ignored = offerClientKey(key);
    }

    @Override
    public synchronized Optional<SharedPin> pin() {
        return Optional.ofNullable(pin).map(MemoryClusterSecrets::copy);
    }

    @Override
    public synchronized boolean offerPin(SharedPin offered) {
        if (pin == null) {
            pin = copy(offered);
        }
        return pin.push().equals(offered.push());
    }

    /** Nobody else could be ready with it, and an operator is there to give it again: any reason will do. */
    @Override
    public synchronized boolean withdrawPin(UUID push, boolean incorrect) {
        if (pin != null && pin.push().equals(push)) {
            pin.pin().destroy();
            pin = null;
        }
        return true;
    }

    @Override
    public void tellReady(boolean ready) {}

    /** There is no other node. */
    @Override
    public void take() {}

    @PreDestroy
    synchronized void forget() {
        if (clientKey != null) {
            clientKey.destroy();
        }
        if (pin != null) {
            pin.pin().destroy();
        }
    }

    private static SharedPin copy(SharedPin pin) {
        return new SharedPin(pin.pin().copy(), pin.push());
    }
}
