/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The secrets of nodes that share them over etcd, and the claim by which one of them makes the HSM's first keys. */
@NullMarked
package org.sovereignkeys.cluster.etcd;

import org.jspecify.annotations.NullMarked;
