/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import org.jspecify.annotations.Nullable;

/**
 * An instance of the group.
 *
 * @param address its private IPv4 address; null while it has none
 */
public record Instance(String id, @Nullable String address, Phase phase) {
    /** What may be expected of it. */
    public enum Phase {
        /** It works, or soon will. */
        ACTIVE,
        /** It is set aside, or on its way out of the load balancer: it may be a member, but does not become one. */
        ASIDE,
        /** The group ends it, and waits a while for it to leave, or has waited. */
        TERMINATING,
        /** EC2 says that it is stopped or terminated: what was in its memory is gone. */
        OFF
    }
}
