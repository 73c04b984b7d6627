/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.Optional;
import java.util.UUID;

/**
 * The two secrets that the nodes hold in RAM and share. Each is written once, by whoever is first. What asks others waits a
 * bounded time, and throws {@link ClusterException} when what the nodes share over is out of reach. Safe for use by many
 * threads.
 */
public interface ClusterSecrets {
    /** Whether what the nodes share over is out of reach. Never blocks. */
    boolean isAway();

    /** Whether it answers now. Asks where it did not lately, for the node may have started a moment ago. */
    boolean answers();

    /** The HSM client's private key, as it was last seen; the caller destroys this copy. Never blocks. */
    Optional<ClientKey> clientKey();

    /** Shares a copy of the key unless there is one; says whether it was taken. */
    boolean offerClientKey(ClientKey key);

    /** Keeps a copy of the key that is in place on this node; it is shared where the nodes have none. Never blocks. */
    void keepClientKey(ClientKey key);

    /** The PIN, as it was last seen; the caller destroys this copy. Never blocks. */
    Optional<SharedPin> pin();

    /**
     * Keeps a copy of the PIN, which this node's HSM took, and shares it unless there is another; says whether it is the one
     * that is shared. Where it cannot be shared now, it is later.
     */
    boolean offerPin(SharedPin pin);

    /**
     * Says that the HSM refuses the PIN. It is forgotten by all, unless it was refused for another reason than being wrong,
     * or a node is ready with it.
     *
     * @param push which one
     * @param incorrect whether the HSM said that it is wrong
     * @return whether it is gone
     */
    boolean withdrawPin(UUID push, boolean incorrect);

    /** Says whether this node is ready with the PIN that it keeps. Never blocks. */
    void tellReady(boolean ready);
}
