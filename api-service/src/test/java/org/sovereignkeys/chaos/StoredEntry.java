/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.time.Instant;

/**
 * An entry that stands under its key.
 *
 * @param stored when, to the second, cut off
 */
record StoredEntry(Entry entry, Instant stored) {
    long number() {
        return entry.number();
    }
}
