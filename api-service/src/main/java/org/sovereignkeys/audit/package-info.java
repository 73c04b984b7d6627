/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The audit log: each call an entry, numbered without gap in its VPC, signed by the HSM, stored before the answer leaves. */
@NullMarked
package org.sovereignkeys.audit;

import org.jspecify.annotations.NullMarked;
