/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What roles may do. */
@NullMarked
package org.sovereignkeys.infrastructure.permission;

import org.jspecify.annotations.NullMarked;
