/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

/** Published when the node has come into another state. */
public record NodeStateChanged(NodeState state) {}
