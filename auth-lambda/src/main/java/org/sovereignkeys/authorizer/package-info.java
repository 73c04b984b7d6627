/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Whether a caller is the instance that it says: the rules, and the ports to what they depend on. */
@NullMarked
package org.sovereignkeys.authorizer;

import org.jspecify.annotations.NullMarked;
