/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.memory;

import java.time.InstantSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.configuration.ConditionalOnLocation;

/** Numbers in memory, where {@code sovereign-keys.cluster} is {@code memory}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "cluster", technology = "memory")
class MemoryNumberingConfiguration {
    @Bean
    Numbering numbering(AuditStore store) {
        return new MemoryNumbering(store, InstantSource.system());
    }
}
