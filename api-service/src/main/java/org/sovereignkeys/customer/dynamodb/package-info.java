/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The customers as a table of DynamoDB, kept in memory for some minutes. */
@NullMarked
package org.sovereignkeys.customer.dynamodb;

import org.jspecify.annotations.NullMarked;
