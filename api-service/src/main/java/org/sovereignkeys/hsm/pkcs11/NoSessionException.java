/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

/** The token has no session left for this worker; another worker may serve the call. */
final class NoSessionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSessionException(CryptokiException cause) {
        super(cause.getMessage(), cause);
    }
}
