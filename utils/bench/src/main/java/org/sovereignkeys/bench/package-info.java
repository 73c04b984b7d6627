/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Measures how many calls the service serves and how long they take, beside what the HSM alone could serve. */
@NullMarked
package org.sovereignkeys.bench;

import org.jspecify.annotations.NullMarked;
