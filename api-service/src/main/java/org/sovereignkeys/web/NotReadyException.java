/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

/** The node cannot serve now. The message says what it waits for. */
public class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotReadyException(String message) {
        super(message);
    }
}
