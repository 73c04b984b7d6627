/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A customer for trying: its VPC with an instance, and what real customers deploy in their accounts. */
@NullMarked
package org.sovereignkeys.infrastructure.customer;

import org.jspecify.annotations.NullMarked;
