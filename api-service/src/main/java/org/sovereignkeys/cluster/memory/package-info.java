/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The secrets of a single node, in the memory of its process. */
@NullMarked
package org.sovereignkeys.cluster.memory;

import org.jspecify.annotations.NullMarked;
