/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.file;

import java.nio.file.Path;
import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.customer.CustomerDirectory;

/** Customers from a file, where {@code sovereign-keys.customers} is {@code file:PATH}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "customers", technology = "file")
class FileCustomerConfiguration {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Bean
    CustomerDirectory customerDirectory(SovereignKeysSettings settings) {
        try {
            return CustomerFile.open(Path.of(settings.customers().target()), INTERVAL);
        } catch (RuntimeException e) {
            throw new InvalidSettingException("customers", String.valueOf(e.getMessage()), e);
        }
    }
}
