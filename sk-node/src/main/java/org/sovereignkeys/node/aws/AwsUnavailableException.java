/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import org.jspecify.annotations.Nullable;

/** AWS did not answer, or not as it should. */
public final class AwsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AwsUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
