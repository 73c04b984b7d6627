/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The HSM refuses the PIN, or has locked it. */
public final class PinRejectedException extends HsmException {
    private static final long serialVersionUID = 1L;

    public PinRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
