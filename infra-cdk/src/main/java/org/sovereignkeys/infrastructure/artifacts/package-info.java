/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What instances are given: objects of the bucket that the build fills, and scripts. */
@NullMarked
package org.sovereignkeys.infrastructure.artifacts;

import org.jspecify.annotations.NullMarked;
