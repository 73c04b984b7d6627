/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

/** Where a node stands on its way to serving. */
public enum NodeState {
    WAITING_FOR_CLIENT_KEY("waiting for the client key (PUT /client-key)"), WAITING_FOR_PIN(
            "waiting for the PIN (PUT /hsm-pin)"), HSM_AWAY("waiting for the HSM to come back"), WRONG_HSM_KEYS(
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
