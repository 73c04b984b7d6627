/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

/** The VPC has no master key: none of its instances ever had a secret made. */
public class NoCustomerKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoCustomerKeyException() {
        super("no secret was ever made for this VPC");
    }
}
