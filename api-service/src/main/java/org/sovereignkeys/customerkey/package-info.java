/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The customers' master keys as they lie in storage: wrapped by the HSM's domain key, written once, never replaced. */
@NullMarked
package org.sovereignkeys.customerkey;

import org.jspecify.annotations.NullMarked;
