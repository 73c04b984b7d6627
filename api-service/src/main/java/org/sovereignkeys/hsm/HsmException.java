/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import org.jspecify.annotations.Nullable;

/** The HSM did not do what it was asked. Messages carry no key, PIN or secret. */
public abstract sealed class HsmException extends RuntimeException permits BlobRejectedException,
        CustomerKeyRejectedException, RecipientKeyRejectedException, HsmUnavailableException, PinRejectedException,
        HsmKeysException, FirstKeysPendingException, HsmFaultException {
    private static final long serialVersionUID = 1L;

    HsmException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
