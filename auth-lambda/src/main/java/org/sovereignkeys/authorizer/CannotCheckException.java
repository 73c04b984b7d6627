/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import org.jspecify.annotations.Nullable;

/**
 * Whether the caller may call cannot be found out now. The message is for the log; it holds nothing but what this project
 * wrote and an error's code.
 */
public final class CannotCheckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Takes the reason, and what caused it. */
    public CannotCheckException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    /** The reason. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
