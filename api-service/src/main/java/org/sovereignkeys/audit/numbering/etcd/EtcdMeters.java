/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/** What can be measured of the shared numbering. */
final class EtcdMeters {
    private final DistributionSummary batch;
    private final Counter claimed;
    private final Counter leasesLost;

    EtcdMeters(MeterRegistry registry) {
        batch = DistributionSummary.builder("sovereign_keys.audit.batch")
            .description("Numbers taken by one transaction")
            .register(registry);
        claimed = Counter.builder("sovereign_keys.audit.claimed")
            .description("Records taken over from nodes that are gone")
            .register(registry);
        leasesLost = Counter.builder("sovereign_keys.audit.leases_lost")
            .description("Times that this node lost its lease of etcd")
            .register(registry);
    }

    void numbersTaken(int count) {
        batch.record(count);
    }

    void recordClaimed() {
        claimed.increment();
    }

    void leaseLost() {
        leasesLost.increment();
    }
}
