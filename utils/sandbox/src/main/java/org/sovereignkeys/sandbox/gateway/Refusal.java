/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.util.Locale;

/** Why the gateway answers by itself; in API Gateway's words, as far as those are fixed. */
enum Refusal {
    UNKNOWN_CALLER(403, "Forbidden: no instance of this sandbox calls from your address"), NO_ROUTE(403,
            "Missing Authentication Token"), NO_AUTHORIZATION_HEADER(401, "Unauthorized"), UNAUTHORIZED(401,
                    "Unauthorized"), NOT_ALLOWED_BY_POLICY(403,
                            "User is not authorized to access this resource"), AUTHORIZER_FAILED(503,
                                    "Whether the call may be made cannot be checked now. Please try again."), BAD_HEADER(
                                            400,
                                            "Bad Request: a header holds a character that none may hold"), TOO_LARGE(
                                                    413,
                                                    "HTTP content length exceeded 10485760 bytes."), SERVICE_UNREACHABLE(
                                                            503,
                                                            "Network error communicating with endpoint"), SERVICE_TOO_LATE(
                                                                    503,
                                                                    "Endpoint request timed out"), BUG(500,
                                                                            "Internal server error");

    private final int status;
    private final String message;

    Refusal(int status, String message) {
        this.status = status;
        this.message = message;
    }

    /** How the log calls it. */
    String reason() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    int status() {
        return status;
    }

    String message() {
        return message;
    }
}
