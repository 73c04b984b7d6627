/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.Optional;

import org.sovereignkeys.hsm.Pin;

/**
 * The two secrets that the nodes hold in RAM and share. Each is written once, by whoever is first. Safe for use by many
 * threads. Throws {@link ClusterException} when what the nodes share over is out of reach.
 */
public interface ClusterSecrets {
    /** The HSM client's private key; the caller destroys this copy. */
    Optional<ClientKey> clientKey();

    /** Keeps a copy of the key unless there is one; says whether it was taken. */
    boolean offerClientKey(ClientKey key);

    /** The PIN; the caller destroys this copy. */
    Optional<Pin> pin();

    /** Keeps a copy of the PIN unless there is one; says whether it was taken. */
    boolean offerPin(Pin pin);

    /** Forgets the PIN, which the HSM refuses now, if it still is this one. */
    void withdrawPin(Pin refused);
}
