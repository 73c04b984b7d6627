/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Numbers that wait, kept as ranges: a bucket that is away for days leaves one long one. Safe for use by many threads.
 */
final class PendingNumbers {
    /** First number of a range to its last. */
    private final NavigableMap<Long, Long> ranges = new TreeMap<>();
    private long count;

    synchronized void add(long number) {
        Map.Entry<Long, Long> below = ranges.floorEntry(number);
        if (below != null && below.getValue() >= number) {
            return;
        }
        long first = below != null && below.getValue() == number - 1 ? below.getKey() : number;
        Long lastAbove = ranges.remove(number + 1);
        ranges.put(first, lastAbove == null ? number : lastAbove);
        count++;
    }

    synchronized void remove(long number) {
        Map.Entry<Long, Long> range = ranges.floorEntry(number);
        if (range == null || range.getValue() < number) {
            return;
        }
        long first = range.getKey();
        long last = range.getValue();
        ranges.remove(first);
        if (first < number) {
            ranges.put(first, number - 1);
        }
        if (number < last) {
            ranges.put(number + 1, last);
        }
        count--;
    }

    synchronized void clear() {
        ranges.clear();
        count = 0;
    }

    /** The lowest numbers behind another, ascending. */
    synchronized List<Long> firstAfter(long number, int atMost) {
        List<Long> numbers = new ArrayList<>();
        Map.Entry<Long, Long> below = ranges.floorEntry(number);
        if (below != null) {
            addUpTo(atMost, numbers, number + 1, below.getValue());
        }
        for (Map.Entry<Long, Long> range : ranges.tailMap(number, false).entrySet()) {
            if (numbers.size() == atMost) {
                break;
            }
            addUpTo(atMost, numbers, range.getKey(), range.getValue());
        }
        return numbers;
    }

    private static void addUpTo(int atMost, List<Long> numbers, long first, long last) {
        for (long number = first; number <= last && numbers.size() < atMost; number++) {
            numbers.add(number);
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }
}
