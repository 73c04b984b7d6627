/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

/** Where a node stands on its way to serving. */
public enum NodeState {
    /** What the nodes share over is out of reach. */
    CLUSTER_AWAY("waiting for etcd to answer"), WAITING_FOR_CLIENT_KEY(
            "waiting for the client key (PUT /client-key)"), WAITING_FOR_PIN("waiting for the PIN (PUT /hsm-pin)"),
    /** The nodes share a PIN that the HSM does not take from this one. */
    PIN_REFUSED("waiting for another PIN, for the HSM refuses the one that the nodes share"), FIRST_KEYS_PENDING(
            "waiting for another node to make the first keys in the HSM"), HSM_AWAY(
                    "waiting for the HSM to come back"), WRONG_HSM_KEYS(
                            "ending, for the HSM came back with other keys"), READY("ready");

    private final String description;

    NodeState(String description) {
        this.description = description;
    }

    /** The state in words. */
    public String description() {
        return description;
    }
}
