/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What must hold for the log whatever is configured: foreign code writes nothing below INFO. */
@NullMarked
package org.sovereignkeys.logging;

import org.jspecify.annotations.NullMarked;
