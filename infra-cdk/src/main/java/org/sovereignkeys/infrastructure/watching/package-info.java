/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Alarms, and the topic that they go to. */
@NullMarked
package org.sovereignkeys.infrastructure.watching;

import org.jspecify.annotations.NullMarked;
