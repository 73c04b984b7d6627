/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

/** A customer's account does not let us look. */
public final class RoleRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    /** Takes how it was refused. */
    public RoleRefusedException(Refusal refusal) {
        super(refusal.text());
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
