/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import org.jspecify.annotations.Nullable;

/** An entry could not be numbered, signed or stored now; the call may be repeated later. */
public class AuditUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AuditUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
