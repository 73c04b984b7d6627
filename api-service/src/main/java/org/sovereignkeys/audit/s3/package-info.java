/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The log in our bucket, and the customers' copies in theirs. */
@NullMarked
package org.sovereignkeys.audit.s3;

import org.jspecify.annotations.NullMarked;
