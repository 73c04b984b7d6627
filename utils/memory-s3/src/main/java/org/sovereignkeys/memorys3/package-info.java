/* SPDX-License-Identifier: GPL-3.0-or-later */
/** As much of S3 as Sovereign Keys and its tests ask of it, in memory, with delays and faults on request. */
@NullMarked
package org.sovereignkeys.memorys3;

import org.jspecify.annotations.NullMarked;
