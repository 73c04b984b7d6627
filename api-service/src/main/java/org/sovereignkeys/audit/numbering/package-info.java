/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The numbers of a VPC's entries: taken in order, on record until the entry is stored, recovered after a loss. */
@NullMarked
package org.sovereignkeys.audit.numbering;

import org.jspecify.annotations.NullMarked;
