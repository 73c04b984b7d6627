/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;

/** A call was answered, but not with 200. */
class NoSuccessException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    NoSuccessException(int status, String body) {
        super("status " + status + ": " + body);
        this.status = status;
    }

    int status() {
        return status;
    }
}
