/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The HSM answered what it never should: a bug of ours, or a manner of the vendor's that we do not know. */
public final class HsmFaultException extends HsmException {
    private static final long serialVersionUID = 1L;

    public HsmFaultException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
