/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The instance's RSA key is not one that we or the HSM accept. */
public final class RecipientKeyRejectedException extends HsmException {
    private static final long serialVersionUID = 1L;

    public RecipientKeyRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
