/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Which instances are members of the cluster's etcd, and what a node does next: rules alone, without AWS, etcd and clocks. */
@NullMarked
package org.sovereignkeys.node.membership;

import org.jspecify.annotations.NullMarked;
