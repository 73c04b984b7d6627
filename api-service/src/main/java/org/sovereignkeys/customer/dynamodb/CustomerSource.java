/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import java.util.Optional;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

/** Where customers are read, each time anew. */
@FunctionalInterface
interface CustomerSource {
    /**
     * Reads a customer.
     *
     * @return the customer as it stands there now, or empty when that VPC is none
     * @throws CustomerDirectoryUnavailableException when that cannot be known now
     */
    Optional<Customer> read(VpcId vpcId);
}
