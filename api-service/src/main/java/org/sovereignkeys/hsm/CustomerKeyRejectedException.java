/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** A customer's token does not open under this HSM's domain key: one of them is the wrong one, or damaged. */
public final class CustomerKeyRejectedException extends HsmException {
    private static final long serialVersionUID = 1L;

    public CustomerKeyRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
