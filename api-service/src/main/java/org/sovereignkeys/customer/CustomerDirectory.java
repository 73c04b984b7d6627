/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer;

import java.util.Optional;

/** Where the customers are listed. Safe for use by many threads. */
public interface CustomerDirectory {
    /**
     * Looks a customer up.
     *
     * @return the customer, or empty when that VPC is none
     * @throws CustomerDirectoryUnavailableException when that cannot be known now
     */
    Optional<Customer> find(VpcId vpcId);
}
