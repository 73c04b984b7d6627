/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What outlives all else: the customers' table, and the buckets of customer keys and of the audit log. */
@NullMarked
package org.sovereignkeys.infrastructure.data;

import org.jspecify.annotations.NullMarked;
