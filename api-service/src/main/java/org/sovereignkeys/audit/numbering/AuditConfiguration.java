/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.hsm.KeyVault;

/** Puts the log together from its store and its numbering; it is closed when the web server no longer takes calls. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {
    @Bean(initMethod = "start", destroyMethod = "close")
    NumberedAuditLog auditLog(Numbering numbering, AuditStore store, ObjectProvider<CustomerCopies> copies,
            KeyVault vault, MeterRegistry meters) {
        return new NumberedAuditLog(numbering, store, copies.getIfAvailable(() -> CustomerCopies.NONE), vault, meters);
    }
}
