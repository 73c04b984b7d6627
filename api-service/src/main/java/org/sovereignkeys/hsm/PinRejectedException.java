/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The HSM refuses the PIN, or has locked it. */
public final class PinRejectedException extends HsmException {
    private static final long serialVersionUID = 1L;

    private final boolean incorrect;

    /**
     * @param incorrect whether the HSM said that it is not the PIN (CKR_PIN_INCORRECT), rather than that it is locked, has
     *            expired, or cannot be one
     */
    public PinRejectedException(String message, boolean incorrect, @Nullable Throwable cause) {
        super(message, cause);
        this.incorrect = incorrect;
    }

    /** Whether this is not the PIN; else it may be the right one all the same. */
    public boolean isIncorrect() {
        return incorrect;
    }
}
