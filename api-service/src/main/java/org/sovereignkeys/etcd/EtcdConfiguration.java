/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;

/** The connection to the cluster's etcd: {@code sovereign-keys.cluster=etcd:HOST:PORT,HOST:PORT…}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "cluster", technology = "etcd")
@Lazy
class EtcdConfiguration {
    @Bean
    EtcdConnection etcdConnection(SovereignKeysSettings settings, Environment environment) {
        if (!environment.acceptsProfiles(Profiles.of("sandbox"))) {
            throw new InvalidSettingException("cluster", "etcd without TLS is for the profile sandbox alone");
        }
        return new EtcdConnection(endpoints("http", settings.cluster().target()), _ -> {});
    }

    private static List<URI> endpoints(String scheme, String members) {
        return Stream.of(members.split(",", -1))
            .map(member -> URI.create(scheme + "://" + member.strip()))
            .toList();
    }
}
