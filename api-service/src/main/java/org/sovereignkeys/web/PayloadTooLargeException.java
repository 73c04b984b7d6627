/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

/** A request body is larger than the call takes. */
public class PayloadTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PayloadTooLargeException(int limitBytes) {
        super("The body is larger than the " + limitBytes + " bytes that this call takes.");
    }
}
