/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/**
 * Says whether the service's HSM keys, if absent, may be made. They are made once ever: a node that is led to a wrong HSM
 * partition must not quietly get new keys, for what the old ones sealed would be lost.
 */
@FunctionalInterface
public interface FirstKeyPermit {
    /**
     * True only when nothing was ever sealed, and no other node may make keys.
     *
     * @throws FirstKeysPendingException if another node is to make them
     * @throws HsmUnavailableException if that cannot be found out now
     */
    boolean granted();
}
