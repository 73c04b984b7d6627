/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import org.jspecify.annotations.Nullable;

/** A customer's wrapped master key cannot be had: its store is out of reach, or the token is lost or spoilt. */
public class EncryptedKeyTokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EncryptedKeyTokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
