/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The service's first keys are not in the HSM yet, and it is for another node to make them. Worth another try. */
public final class FirstKeysPendingException extends HsmException {
    private static final long serialVersionUID = 1L;

    public FirstKeysPendingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
