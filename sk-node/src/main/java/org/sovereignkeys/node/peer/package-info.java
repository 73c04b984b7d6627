/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How nodes tell each other where they stand: HTTPS, in which both sides show a certificate. */
@NullMarked
package org.sovereignkeys.node.peer;

import org.jspecify.annotations.NullMarked;
