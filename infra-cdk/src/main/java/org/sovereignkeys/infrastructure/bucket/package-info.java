/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What all our buckets have. */
@NullMarked
package org.sovereignkeys.infrastructure.bucket;

import org.jspecify.annotations.NullMarked;
