/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.AuditEntry;

/**
 * What etcd is asked in one piece: if all conditions hold the changes are made, and either way it is read afterwards.
 * Without conditions and changes it is a linearizable read.
 *
 * @param reads what is looked at, in the order of the answer's cells
 */
record Transaction(List<Condition> conditions, List<Change> changes, List<Read> reads) implements Request {
    Transaction {
        conditions = List.copyOf(conditions);
        changes = List.copyOf(changes);
        reads = List.copyOf(reads);
    }

    static Transaction reading(List<Read> reads) {
        return new Transaction(List.of(), List.of(), reads);
    }

    /** That a key was made, or last changed, at a revision; at 0: that there is none. */
    record Condition(String key, Of of, long revision) {
        enum Of {
            CREATION, CHANGE
        }

        static Condition absent(String key) {
            return new Condition(key, Of.CREATION, 0);
        }

        static Condition unchanged(String key, long modified) {
            return new Condition(key, Of.CHANGE, modified);
        }
    }

    /** What is changed. */
    sealed interface Change {
        String key();

        record Put(String key, Value value) implements Change {}

        record Delete(String key) implements Change {}
    }

    /** What is looked at. */
    sealed interface Read {
        /** One key. */
        record Of(String key) implements Read {}

        /** The lowest key that begins so; without its value. */
        record Lowest(String prefix) implements Read {}
    }

    /** What stands under a key. */
    sealed interface Value {
        /** Highest number of a VPC that was taken. */
        record Counter(long highest) implements Value {}

        /** Which numbers wait for their copy, as text. */
        record Waiting(String numbers) implements Value {}

        /** Entries on record, unsigned. */
        record Batch(List<AuditEntry> entries) implements Value {
            public Batch {
                entries = List.copyOf(entries);
            }
        }
    }

    /**
     * A key that was found.
     *
     * @param value null where it was not asked for, or is of no interest
     * @param created the revision of its creation
     * @param modified the revision of its last change
     */
    record Cell(String key, @Nullable Value value, long created, long modified) {}
}
