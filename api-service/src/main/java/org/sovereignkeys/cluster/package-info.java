/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What a node holds in RAM and shares with the others: the HSM's PIN and client key; and where the node stands. */
@NullMarked
package org.sovereignkeys.cluster;

import org.jspecify.annotations.NullMarked;
