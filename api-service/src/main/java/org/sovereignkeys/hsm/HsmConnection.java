/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/**
 * The way to the HSM: opened once with the PIN, kept open and healed by itself from then on. Safe for use by many threads.
 */
public interface HsmConnection {
    /**
     * Loads the HSM's library where that was not done, logs in, and finds the service's keys or, where
     * {@link FirstKeyPermit} grants it, makes them. A copy of the PIN is kept for logging in again, until {@link #close} or
     * until the HSM refuses it. After the first time the keys must be those of before, and none is made any more.
     *
     * @throws PinRejectedException if the HSM refuses the PIN: nothing is kept, and it is not tried again
     * @throws HsmUnavailableException if the HSM cannot be asked: nothing is kept
     * @throws FirstKeysPendingException if another node is to make the service's keys: nothing is kept
     * @throws HsmKeysException if the service's keys are not as they must be: the node cannot work
     */
    void open(Pin pin);

    /** Where the connection stands; never blocks. */
    Status status();

    /**
     * In the status {@link Status#PIN_REFUSED}, whether the HSM said that it is not the PIN, rather than that it is locked
     * or has expired.
     */
    boolean isPinIncorrect();

    /** What is wrong with the keys in the HSM, in the status {@link Status#WRONG_KEYS}; else empty. */
    String keysTrouble();

    /** Logs out, ends all sessions once their calls are done, and forgets the PIN. */
    void close();

    /** Where the connection stands. */
    enum Status {
        /** Not opened, or closed. */
        CLOSED,
        /** Open, and the last that was seen of the HSM was well. */
        READY,
        /** Open, but the HSM is away; the connection tries to come back by itself. */
        RECOVERING,
        /** The HSM refused the PIN when the connection came back; it must be opened anew. */
        PIN_REFUSED,
        /** The HSM came back with other keys, or without its keys. Nothing is served any more: the node cannot work. */
        WRONG_KEYS
    }
}
