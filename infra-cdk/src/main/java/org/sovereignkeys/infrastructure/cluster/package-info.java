/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The API nodes: load balancer, auto scaling group, their role and the key of their authority. */
@NullMarked
package org.sovereignkeys.infrastructure.cluster;

import org.jspecify.annotations.NullMarked;
