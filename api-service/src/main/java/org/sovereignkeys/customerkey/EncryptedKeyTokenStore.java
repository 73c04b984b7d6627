/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import java.util.Optional;

import org.sovereignkeys.hsm.WrappedBlob;

/**
 * Where the customers' wrapped master keys (encrypted key tokens, EKTs) lie. Written once: losing or replacing one loses
 * the customer's volumes. Safe for use by many threads and processes.
 */
public interface EncryptedKeyTokenStore {
    /**
     * Reads a token.
     *
     * @param name the customer's key name, without {@code .ekt}
     * @return the 92 bytes, or empty when none was ever written under the name
     * @throws EncryptedKeyTokenException when the store is out of reach, or what lies there is not a token
     */
    Optional<WrappedBlob> find(String name);

    /**
     * Writes a token unless one was ever written under the name. Durable on return.
     *
     * @return the token that stands under the name now: this one, or the one of whoever was first
     * @throws EncryptedKeyTokenException when the store is out of reach, or one was written there and is gone or spoilt
     */
    WrappedBlob putIfAbsent(String name, WrappedBlob token);

    /**
     * Whether no token was ever written. HSM keys are made only then.
     *
     * @throws EncryptedKeyTokenException when that cannot be known now
     */
    boolean isEmpty();
}
