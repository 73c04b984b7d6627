/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.util.function.Consumer;

import io.etcd.jetcd.ClientBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;

/** The connection to the cluster's etcd: {@code sovereign-keys.cluster=etcd:HOST:PORT,HOST:PORT…}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "cluster", technology = "etcd")
class EtcdConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdConfiguration.class);
    private static final String SANDBOX = "sandbox";

    @Bean
    EtcdConnection etcdConnection(SovereignKeysSettings settings, Environment environment) {
        EtcdEndpoints endpoints = EtcdEndpoints.of(settings.cluster().target());
        boolean sandbox = environment.acceptsProfiles(Profiles.of(SANDBOX));
        return new EtcdConnection(endpoints.members(), security(endpoints, settings.etcd(), sandbox));
    }

    static Consumer<ClientBuilder> security(EtcdEndpoints endpoints, EtcdSettings settings, boolean sandbox) {
        if (endpoints.useTls()) {
            return new MutualTls(settings);
        }
        if (!sandbox) {
            throw new InvalidSettingException("cluster", "etcd would get the PIN over http, for all to read; write"
                    + " https:// or no scheme, and set etcd.ca, etcd.certificate and etcd.key (only the profile "
                    + SANDBOX + " takes http)");
        }
        LOG.warn("sandbox: PIN and client key go to etcd over http, and whoever reads the network has them");
        return _ -> {};
    }
}
