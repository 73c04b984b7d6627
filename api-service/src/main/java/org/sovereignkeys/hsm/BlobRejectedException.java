/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** A sealed secret does not open: it is damaged, or belongs to another customer, instance or volume. */
public final class BlobRejectedException extends HsmException {
    private static final long serialVersionUID = 1L;

    public BlobRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
