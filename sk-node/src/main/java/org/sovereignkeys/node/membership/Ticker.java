/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.time.Duration;

/** A clock by which time has passed, whatever the time of day is set to meanwhile. Only differences have a meaning. */
@FunctionalInterface
public interface Ticker {
    long nanos();

    /** How long ago that was. */
    default Duration since(long earlier) {
        return Duration.ofNanos(nanos() - earlier);
    }

    static Ticker system() {
        return System::nanoTime;
    }
}
