/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

/** The caller is nobody we serve, or may not make this call. The message says why, to the caller. */
public class AccessDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AccessDeniedException(String message) {
        super(message);
    }
}
