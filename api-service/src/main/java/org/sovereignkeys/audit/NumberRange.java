/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

/** Numbers from the first to the last, both included. */
public record NumberRange(long first, long last) {
    /** How many they are. */
    public long count() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first == last ? Long.toString(first) : first + " to " + last;
    }
}
