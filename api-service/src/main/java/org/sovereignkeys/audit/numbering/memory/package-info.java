/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Numbers of one process alone: counters and records in its memory, begun from what the store holds. */
@NullMarked
package org.sovereignkeys.audit.numbering.memory;

import org.jspecify.annotations.NullMarked;
