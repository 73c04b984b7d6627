/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The service's VPC: subnets, ways out, endpoints, and the bastion. */
@NullMarked
package org.sovereignkeys.infrastructure.network;

import org.jspecify.annotations.NullMarked;
