/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.InstantSource;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.etcd.EtcdConnection;

/** Numbers, and what waits for its copy, shared over etcd, where {@code sovereign-keys.cluster} is {@code etcd:HOST:PORT…}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "cluster", technology = "etcd")
class EtcdNumberingConfiguration {
    @Bean(initMethod = "start", destroyMethod = "close")
    EtcdNumbering numbering(EtcdConnection etcd, AuditStore store, MeterRegistry meters) {
        return new EtcdNumbering(etcd, store, InstantSource.system(), new EtcdMeters(meters));
    }

    @Bean(destroyMethod = "close")
    CopyBacklog copyBacklog(EtcdConnection etcd, EtcdNumbering numbering) {
        return new EtcdCopyBacklog(etcd, numbering.liveness());
    }
}
