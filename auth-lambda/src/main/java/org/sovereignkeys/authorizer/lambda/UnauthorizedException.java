/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

/** The call is refused. The gateway looks for this very message, and answers 401. */
public final class UnauthorizedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnauthorizedException() {
        super("Unauthorized", null, false, false);
    }
}
