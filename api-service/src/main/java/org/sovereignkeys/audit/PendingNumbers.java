/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Numbers that wait, kept as ranges: a bucket that is away for days leaves one long one. Safe for use by many threads.
 */
public final class PendingNumbers {
    private static final Pattern RANGE = Pattern.compile("(?<first>[1-9]\\d{0,8})(?:-(?<last>[1-9]\\d{0,8}))?");
    private static final int MAX_EXACT_RANGES = 100;

    /** First number of a range to its last. No range touches another. */
    private final NavigableMap<Long, Long> ranges = new TreeMap<>();
    private long count;

    /** Reads {@link #toText()}; empty if it is not that. */
    public static Optional<PendingNumbers> of(String text) {
        PendingNumbers numbers = new PendingNumbers();
        for (String range : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Matcher ends = RANGE.matcher(range);
            if (!ends.matches()) {
                return Optional.empty();
            }
            long first = Long.parseLong(ends.group("first"));
            long last = ends.group("last") == null ? first : Long.parseLong(ends.group("last"));
            if (last < first) {
                return Optional.empty();
            }
            numbers.add(new NumberRange(first, last));
        }
        return Optional.of(numbers);
    }

    /** Returns whether it did not wait yet. */
    public boolean add(long number) {
        return add(new NumberRange(number, number)) > 0;
    }

    public void addAll(PendingNumbers others) {
        others.ranges().forEach(this::add);
    }

    /** Returns how many of them did not wait yet. */
    private synchronized long add(NumberRange added) {
        long before = count;
        Map.Entry<Long, Long> below = ranges.floorEntry(added.first());
        long first = below != null && below.getValue() >= added.first() - 1 ? below.getKey() : added.first();
        long last = added.last();
        NavigableMap<Long, Long> joined = ranges.subMap(first, true, last + 1, true);
        for (Map.Entry<Long, Long> range : joined.entrySet()) {
            last = Math.max(last, range.getValue());
            count -= range.getValue() - range.getKey() + 1;
        }
        joined.clear();
        ranges.put(first, last);
        count += last - first + 1;
        return count - before;
    }

    public synchronized void remove(long number) {
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

    public synchronized void clear() {
        ranges.clear();
        count = 0;
    }

    /** The lowest numbers behind another, ascending. */
    public synchronized List<Long> firstAfter(long number, int atMost) {
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

    public synchronized long count() {
        return count;
    }

    public synchronized boolean isEmpty() {
        return count == 0;
    }

    /** Whether any waits that is not above a number. */
    public synchronized boolean anyUpTo(long number) {
        return ranges.floorKey(number) != null;
    }

    /** The highest; 0 if none waits. */
    public synchronized long highest() {
        return ranges.isEmpty() ? 0 : ranges.lastEntry().getValue();
    }

    private synchronized List<NumberRange> ranges() {
        return ranges.entrySet().stream().map(range -> new NumberRange(range.getKey(), range.getValue())).toList();
    }

    /**
     * What waits, as {@code 5-9,12}. Where the ranges are many, those too old to be in flight become one, with what lies
     * between them: nodes that number a log together leave each other holes.
     */
    public String toText() {
        List<NumberRange> all = ranges();
        return (all.size() > MAX_EXACT_RANGES ? withOldOnesJoined(all) : all).stream()
            .map(range -> range.first() == range.last()
                    ? Long.toString(range.first())
                    : range.first() + "-" + range.last())
            .collect(Collectors.joining(","));
    }

    private static List<NumberRange> withOldOnesJoined(List<NumberRange> all) {
        long tail = all.getLast().last() - AuditStore.TAIL_LENGTH;
        List<NumberRange> old = all.stream().takeWhile(range -> range.last() <= tail).toList();
        if (old.isEmpty()) {
            return all;
        }
        List<NumberRange> joined = new ArrayList<>(all.subList(old.size(), all.size()));
        joined.addFirst(new NumberRange(old.getFirst().first(), old.getLast().last()));
        return joined;
    }

    @Override
    public String toString() {
        return toText();
    }
}
