/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The service's keys in the HSM are not as they must be: absent, twice there, or of the wrong kind. Nothing to retry. */
public final class HsmKeysException extends HsmException {
    private static final long serialVersionUID = 1L;

    public HsmKeysException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
