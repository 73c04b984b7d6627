/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.sovereignkeys.audit.AuditEntry;

/** The entries that this node sees to, and on which record each stands. It keeps them though the record be lost. */
final class LocalRecords {
    private final Map<AuditEntry, String> keys = new HashMap<>();
    private final Map<String, Open> records = new HashMap<>();

    /** A record with entries that are not stored. */
    private static final class Open {
        private final Set<AuditEntry> entries = new HashSet<>();
        private long highest;
    }

    /**
     * A record whose entries are all stored.
     *
     * @param highest its highest number
     */
    record Settled(RecordKey record, long highest) {}

    synchronized void put(String key, List<AuditEntry> entries) {
        entries.forEach(entry -> {
            settle(entry);
            keys.put(entry, key);
            Open record = records.computeIfAbsent(key, _ -> new Open());
            record.entries.add(entry);
            record.highest = Math.max(record.highest, entry.number());
        });
    }

    /** Drops an entry that is stored, or stands on its record no more; gives the record if it was the last one there. */
    synchronized Optional<Settled> settle(AuditEntry entry) {
        String key = keys.remove(entry);
        Open record = key == null ? null : records.get(key);
        if (key == null || record == null) {
            return Optional.empty();
        }
        record.entries.remove(entry);
        if (!record.entries.isEmpty()) {
            return Optional.empty();
        }
        records.remove(key);
        return Optional.of(new Settled(RecordKey.of(key), record.highest));
    }

    synchronized Optional<String> keyOf(AuditEntry entry) {
        return Optional.ofNullable(keys.get(entry));
    }

    synchronized boolean holds(String key) {
        return records.containsKey(key);
    }

    synchronized List<AuditEntry> onRecord() {
        return keys.keySet()
            .stream()
            .sorted(Comparator.<AuditEntry, String>comparing(entry -> entry.record().vpcId().value())
                .thenComparingLong(AuditEntry::number))
            .toList();
    }

    synchronized int count() {
        return keys.size();
    }
}
