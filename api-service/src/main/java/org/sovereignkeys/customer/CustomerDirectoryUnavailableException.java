/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer;

/** The list of customers is out of reach; the call may be repeated later. */
public class CustomerDirectoryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CustomerDirectoryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
