/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.Instant;

/**
 * A time in which all of etcd's data was lost.
 *
 * @param begin before the first member ended
 * @param end after all had their new, empty data
 */
public record Loss(Instant begin, Instant end) {
    boolean overlaps(SeenCall call) {
        return call.begin().isBefore(end) && call.end().isAfter(begin);
    }
}
