/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

/** Sees to it that one node only makes the HSM's first keys. */
@FunctionalInterface
public interface FirstKeyClaim {
    /**
     * Claims for this node to make them. The claim is never given back, whatever becomes of the node: what a node that died
     * half-way made is for an operator to look at.
     *
     * @throws org.sovereignkeys.hsm.FirstKeysPendingException if another node has claimed it
     * @throws org.sovereignkeys.hsm.HsmUnavailableException if that cannot be found out now
     */
    void take();
}
