/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The node's own etcd, and what members of a cluster are asked. */
@NullMarked
package org.sovereignkeys.node.etcd;

import org.jspecify.annotations.NullMarked;
