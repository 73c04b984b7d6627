/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The HSM cannot serve now: not opened yet, out of reach, out of sessions, or too slow. Worth another try. */
public final class HsmUnavailableException extends HsmException {
    private static final long serialVersionUID = 1L;

    public HsmUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
