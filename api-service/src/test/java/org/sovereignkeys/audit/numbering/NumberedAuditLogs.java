/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.security.PublicKey;
import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CustomerCopies;

/** Makes logs for the tests of other packages. */
public final class NumberedAuditLogs {
    private static final SoftwareVault VAULT = new SoftwareVault();

    private NumberedAuditLogs() {}

    /** What verifies the entries of all logs made here. */
    public static PublicKey signingKey() {
        return VAULT.publicKey();
    }

    /** One that signs with the same key as all others made here. It is started. */
    public static NumberedAuditLog start(Numbering numbering, AuditStore store, MeterRegistry meters) {
        return start(numbering, store, CustomerCopies.NONE, meters);
    }

    /** The same, with customers' copies. */
    public static NumberedAuditLog start(Numbering numbering, AuditStore store, CustomerCopies copies,
            MeterRegistry meters) {
        NumberedAuditLog log = new NumberedAuditLog(numbering, store, copies, VAULT, meters,
                Duration.ofSeconds(8), Duration.ofMillis(200));
        log.start();
        return log;
    }
}
