/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/** Values that are of use for a time. By the clock on the wall: the other one stands still while a snapshot sleeps. */
final class ExpiringMap<K, V> {
    private static final int MANY = 1_000;

    private final ConcurrentHashMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
    private final InstantSource clock;

    ExpiringMap(InstantSource clock) {
        this.clock = clock;
    }

    /** The value; null if there is none, or its time is over. */
    @Nullable
    V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null || !clock.instant().isBefore(entry.end) ? null : entry.value;
    }

    void put(K key, V value, Instant end) {
        if (entries.size() >= MANY) {
            Instant now = clock.instant();
            entries.values().removeIf(entry -> !now.isBefore(entry.end));
        }
        if (entries.size() >= MANY) {
            entries.clear();
        }
        entries.put(key, new Entry<>(value, end));
    }

    void remove(K key) {
        entries.remove(key);
    }

    private record Entry<V>(V value, Instant end) {}
}
