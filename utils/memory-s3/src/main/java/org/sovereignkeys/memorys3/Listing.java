/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What a list call asks for.
 *
 * @param delimiter empty for none
 * @param afterKey only what comes behind it; may be a common prefix, as the last answer ended with one
 * @param afterVersion the rest of the versions of that key, too
 */
record Listing(String prefix, String delimiter, String afterKey, @Nullable String afterVersion, int maxKeys,
        boolean ofAllVersions) {
    private static final String BEHIND_ANY = Character.toString(Character.MAX_CODE_POINT);

    /**
     * A line of the answer.
     *
     * @param key or a common prefix, where the version is null
     */
    record Entry(String key, @Nullable Version version, boolean isLatest) {}

    /** A part of the answer; truncated where more follows. */
    record Page(List<Entry> entries, boolean isTruncated) {}

    Page of(Bucket bucket) {
        NavigableMap<String, List<Version>> keys = bucket.keys();
        List<Entry> entries = new ArrayList<>();
        String start = later(prefix, afterKey);
        String groupDone = start.equals(group(start)) && start.equals(afterKey) ? start : null;
        Map.Entry<String, List<Version>> next = keys.ceilingEntry(start);
        while (maxKeys > 0 && next != null && next.getKey().startsWith(prefix)) {
            String key = next.getKey();
            String group = group(key);
            if (group == null || !group.equals(groupDone)) {
                for (Entry entry : entries(key, group, next.getValue())) {
                    if (entries.size() == maxKeys) {
                        return new Page(entries, true);
                    }
                    entries.add(entry);
                    groupDone = group;
                }
            }
            boolean isDone = group != null && group.equals(groupDone);
            next = keys.higherEntry(isDone ? later(group + BEHIND_ANY, key) : key);
        }
        return new Page(entries, false);
    }

    private static String later(String one, String other) {
        return Bucket.compareAsUtf8(one, other) > 0 ? one : other;
    }

    /** The common prefix of which a key is counted; null for one that is counted for itself. */
    private @Nullable String group(String key) {
        int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
        return end < 0 ? null : key.substring(0, end + delimiter.length());
    }

    private List<Entry> entries(String key, @Nullable String group, List<Version> versions) {
        Version latest = versions.getFirst();
        List<Version> counted = ofAllVersions ? versions : latest.isMarker() ? List.of() : List.of(latest);
        if (group != null) {
            return counted.isEmpty() ? List.of() : List.of(new Entry(group, null, false));
        }
        return (key.equals(afterKey) ? behindMarker(counted) : counted.stream())
            .map(version -> new Entry(key, version, version.equals(latest)))
            .toList();
    }

    private Stream<Version> behindMarker(List<Version> versions) {
        return afterVersion == null
                ? Stream.empty()
                : versions.stream().dropWhile(version -> !version.id().equals(afterVersion)).skip(1);
    }
}
