/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.util.function.Supplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.sovereignkeys.audit.AuditStore;

/** What can be measured of the log. */
final class AuditMeters {
    private static final String STORE = "sovereign_keys.audit.store";

    private final MeterRegistry registry;
    private final Counter fillers;
    private final Counter taken;
    private final Counter oldHoles;

    AuditMeters(MeterRegistry registry, Numbering numbering) {
        this.registry = registry;
        fillers = counter(registry, "fillers", "Numbers lost in flight that were filled");
        taken = counter(registry, "taken", "Numbers found taken by something else than their entry");
        oldHoles = counter(registry, "old_holes", "Missing numbers too old to have been in flight: removed entries");
        Gauge.builder("sovereign_keys.audit.unsettled", numbering, Numbering::recordCount)
            .description("Entries on record: not stored yet, or their copy not kept account of")
            .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("sovereign_keys.audit." + name).description(description).register(registry);
    }

    /** Times one attempt to store an entry; an exception is an outcome too. */
    AuditStore.Put timed(Supplier<AuditStore.Put> put) {
        Timer.Sample sample = Timer.start(registry);
        String outcome = "failed";
        try {
            AuditStore.Put result = put.get();
            outcome = result == AuditStore.Put.STORED ? "stored" : "taken";
            return result;
        } finally {
            sample.stop(registry.timer(STORE, "outcome", outcome));
        }
    }

    void fillerStored() {
        fillers.increment();
    }

    void numberTaken() {
        taken.increment();
    }

    void oldHolesFound(long count) {
        oldHoles.increment((double) count);
    }
}
