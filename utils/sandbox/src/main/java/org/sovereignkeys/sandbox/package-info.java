/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The front door of Sovereign Keys on loopback: starts the parts, which know nothing of each other. */
@NullMarked
package org.sovereignkeys.sandbox;

import org.jspecify.annotations.NullMarked;
