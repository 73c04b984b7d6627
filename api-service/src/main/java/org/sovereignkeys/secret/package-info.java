/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The three use cases: generate, decrypt and convert the secret of a volume, each with its entry in the log. */
@NullMarked
package org.sovereignkeys.secret;

import org.jspecify.annotations.NullMarked;
