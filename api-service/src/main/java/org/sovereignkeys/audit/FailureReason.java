/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

/** Why a call failed, as entries say it: a fixed list of ASCII texts that auditors may count on. */
public enum FailureReason {
    BAD_PARAMETERS("Bad parameters"), NO_CUSTOMER_KEY(
            "There is no encryption key for this VPC"), WRONG_SECRET_OR_CONTEXT(
                    "Wrapped secret and/or context are incorrect"), INVALID_RSA_KEY("Invalid RSA pub key"),
    /** For the filler of a number whose entry was lost in flight; never an answer to a caller. */
    LOST_IN_FLIGHT("Entry lost in flight");

    private final String text;

    FailureReason(String text) {
        this.text = text;
    }

    /**
     * The reason with that text.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static FailureReason ofText(String text) {
        for (FailureReason reason : values()) {
            if (reason.text.equals(text)) {
                return reason;
            }
        }
        throw new IllegalArgumentException("not a failure reason of ours");
    }

    /** The text in the entry and, but for the filler, at the head of the caller's problem detail. */
    public String text() {
        return text;
    }
}
