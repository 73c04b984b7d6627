/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import org.jspecify.annotations.Nullable;

/** A request body is not taken. The message says why, to the caller. */
public class BodyRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    private BodyRejectedException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static BodyRejectedException tooLarge(int limitBytes) {
        return new BodyRejectedException(Kind.TOO_LARGE,
                "The body is larger than the " + limitBytes + " bytes that this call takes.", null);
    }

    static BodyRejectedException tooSlow() {
        return new BodyRejectedException(Kind.TOO_SLOW, "The body did not come within the time that there is for it.",
                null);
    }

    static BodyRejectedException unreadable(Throwable cause) {
        return new BodyRejectedException(Kind.UNREADABLE, "The body is not transferred as HTTP wants it.", cause);
    }

    /** What is wrong with the body. */
    public Kind kind() {
        return kind;
    }

    /** What can be wrong with a body. */
    public enum Kind {
        TOO_LARGE, TOO_SLOW, UNREADABLE
    }
}
