/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Customers from DynamoDB, and instances from EC2 with a customer's role from STS. */
@NullMarked
package org.sovereignkeys.authorizer.aws;

import org.jspecify.annotations.NullMarked;
