/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Who the customers are: a VPC each, and what we know of its owner. */
@NullMarked
package org.sovereignkeys.customer;

import org.jspecify.annotations.NullMarked;
