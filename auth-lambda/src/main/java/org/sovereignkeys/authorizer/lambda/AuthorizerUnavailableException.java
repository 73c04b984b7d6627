/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

/** The call could not be checked; why stands in the log. The gateway is set to answer 503. */
public final class AuthorizerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AuthorizerUnavailableException() {
        super("The caller cannot be checked now", null, false, false);
    }
}
