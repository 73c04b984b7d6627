/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.membership.Ticker;

/** Says in the log what the node waits for: when that changes, and each minute. */
final class Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);
    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);
    /** After that, what is waited for does not come by itself as a rule. */
    private static final Duration USUAL = Duration.ofMinutes(5);

    private final Ticker ticker;
    private @Nullable String reason;
    private long since;
    private long told;

    Waiting(Ticker ticker) {
        this.ticker = ticker;
    }

    void on(String newReason) {
        long now = ticker.nanos();
        if (!newReason.equals(reason)) {
            reason = newReason;
            since = now;
            told = now;
            LOG.info("waits for {}", newReason);
        } else if (ticker.since(told).compareTo(BETWEEN_LINES) >= 0) {
            told = now;
            Duration waited = ticker.since(since);
            if (waited.compareTo(USUAL) > 0) {
                LOG.error("has waited {} min for {}", waited.toMinutes(), newReason);
            } else {
                LOG.warn("has waited {} min for {}", waited.toMinutes(), newReason);
            }
        }
    }

    void over() {
        reason = null;
    }

    @Nullable
    String reason() {
        return reason;
    }
}
