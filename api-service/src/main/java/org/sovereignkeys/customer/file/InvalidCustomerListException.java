/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.file;

import org.jspecify.annotations.Nullable;

/** The list of customers cannot be used; the message names the file, the entry, its member, and the reason. */
final class InvalidCustomerListException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidCustomerListException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
