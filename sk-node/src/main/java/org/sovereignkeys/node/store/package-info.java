/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The folder in RAM with all that a node keeps. */
@NullMarked
package org.sovereignkeys.node.store;

import org.jspecify.annotations.NullMarked;
