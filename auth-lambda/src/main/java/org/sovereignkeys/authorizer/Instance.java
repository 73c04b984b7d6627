/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * An instance as its own account describes it.
 *
 * @param state {@code pending}, {@code running}, {@code stopped}, …
 * @param vpcId the VPC it is in; null for one that is gone
 */
public record Instance(String state, @Nullable String vpcId, List<NetworkInterface> interfaces) {
    private static final Set<String> ALIVE = Set.of("pending", "running");

    /** A network interface of an instance, and its private addresses, all of them. */
    public record NetworkInterface(@Nullable String vpcId, Set<Address> addresses) {}

    boolean isAlive() {
        return ALIVE.contains(state);
    }

    boolean isIn(String vpc) {
        return vpc.equals(vpcId);
    }

    /** Whether the address is one of its own in that VPC. Another VPC may use the same addresses. */
    boolean owns(Address address, String vpc) {
        return interfaces.stream().anyMatch(each -> vpc.equals(each.vpcId) && each.addresses.contains(address));
    }
}
