/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Makes an EC2 instance a member of the cluster's etcd, and keeps it one. */
@NullMarked
package org.sovereignkeys.node;

import org.jspecify.annotations.NullMarked;
