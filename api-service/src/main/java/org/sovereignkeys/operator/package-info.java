/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What an operator does on the node itself, over loopback: hand it the two secrets it needs. */
@NullMarked
package org.sovereignkeys.operator;

import org.jspecify.annotations.NullMarked;
