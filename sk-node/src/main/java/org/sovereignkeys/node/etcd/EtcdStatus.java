/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.etcd;

/** What a member says of itself; {@code leader} is 0 if it knows none. */
public record EtcdStatus(long cluster, long member, long leader, boolean learner, String version) {}
