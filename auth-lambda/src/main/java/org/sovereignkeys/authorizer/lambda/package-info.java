/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The function as Lambda calls it: the gateway's event in, a policy out, a line of log. */
@NullMarked
package org.sovereignkeys.authorizer.lambda;

import org.jspecify.annotations.NullMarked;
