/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import org.jspecify.annotations.Nullable;

/** A secret of the cluster was not taken. The message is a sentence for the operator, and carries no secret. */
public class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    private ClusterException(String message, boolean refusal, @Nullable Throwable cause) {
        super(message, cause);
        this.refusal = refusal;
    }

    /** What was offered is refused, and will be again. */
    public static ClusterException refused(String message) {
        return new ClusterException(message, true, null);
    }

    /** What was offered cannot be taken now. */
    public static ClusterException unavailable(String message, @Nullable Throwable cause) {
        return new ClusterException(message, false, cause);
    }

    /** Whether trying again is of no use. */
    public boolean isRefusal() {
        return refusal;
    }
}
