/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Files that are written once: whole and durable under their name, or not there at all. */
@NullMarked
package org.sovereignkeys.durable;

import org.jspecify.annotations.NullMarked;
