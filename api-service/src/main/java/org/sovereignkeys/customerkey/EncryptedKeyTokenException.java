/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import org.jspecify.annotations.Nullable;

/** A customer's wrapped master key cannot be had: its store is out of reach, or the token is lost or spoilt. */
public class EncryptedKeyTokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param cause the failure of a store that is out of reach; null where what it holds is lost or spoilt
     */
    public EncryptedKeyTokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether another try may help: the store could not be asked. Otherwise a token is lost or spoilt. */
    public boolean isOutOfReach() {
        return getCause() != null;
    }
}
