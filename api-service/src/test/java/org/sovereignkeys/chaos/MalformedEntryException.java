/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

/** Bytes are no entry; the message is what is to be said of them, beginning with a verb. */
final class MalformedEntryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String fault;

    MalformedEntryException(String fault) {
        super(fault);
        this.fault = fault;
    }

    /** The message. */
    String fault() {
        return fault;
    }
}
