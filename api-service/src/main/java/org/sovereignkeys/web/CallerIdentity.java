/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import org.sovereignkeys.customer.Customer;

/**
 * Who calls, by the gateway's word alone.
 *
 * @param customer the customer whose VPC the call came from
 * @param sourceIp the caller's address, as the gateway saw it
 */
public record CallerIdentity(Customer customer, String sourceIp) {}
