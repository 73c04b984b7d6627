/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Findings of the rule sets that are accepted, each with its reason. */
@NullMarked
package org.sovereignkeys.infrastructure.review;

import org.jspecify.annotations.NullMarked;
