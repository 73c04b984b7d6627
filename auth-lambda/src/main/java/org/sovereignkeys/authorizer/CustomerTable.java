/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.Optional;

/** Who the customers are. */
public interface CustomerTable {
    /**
     * Looks a VPC up.
     *
     * @param vpcId id of its form
     * @return nothing if the VPC is not registered
     * @throws CannotCheckException if that cannot be found out
     */
    Optional<Customer> find(String vpcId);
}
