/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.time.Duration;

/** A call was not done in time. Nothing was handed over; it may still leave its entry in the log. */
public class CallTimedOutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CallTimedOutException(Duration limit) {
        super("no answer within " + limit.toMillis() + " ms");
    }
}
