/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import org.jspecify.annotations.Nullable;

/**
 * How a server misbehaves.
 *
 * @param share of the requests it hits, above 0 and up to 1; which ones is left to chance
 * @param bucket the only one whose requests it hits; null for all requests, also those that name no bucket
 */
public record Fault(Kind kind, double share, @Nullable String bucket) {
    /** The server is well. */
    public static final Fault NONE = of(Kind.NONE);

    /** What becomes of a request that is hit. */
    public enum Kind {
        NONE,
        /** Is answered 500 InternalError, and not served. */
        FAILING,
        /** Is answered 503 SlowDown, and not served. */
        SLOW_DOWN,
        /** Is neither served nor answered; its connection ends when the fault is switched. */
        HANGING,
        /** Is served; then its connection ends without an answer. */
        SERVED_UNANSWERED
    }

    public Fault {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("The share must be above 0 and not above 1.");
        }
        if (bucket != null && !Bucket.isName(bucket)) {
            throw new IllegalArgumentException("The bucket must be the name of one.");
        }
    }

    /** One that hits every request. */
    public static Fault of(Kind kind) {
        return new Fault(kind, 1, null);
    }

    /** The same for the requests of one bucket only. */
    public Fault inBucket(String name) {
        return new Fault(kind, share, name);
    }

    /** The same for a share of the requests only. */
    public Fault forShare(double newShare) {
        return new Fault(kind, newShare, bucket);
    }
}
