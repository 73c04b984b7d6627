/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.file;

import java.nio.file.Path;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;

/** Key tokens as files, where {@code sovereign-keys.customer-keys} is {@code file:FOLDER}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "customer-keys", technology = "file")
class FileCustomerKeyConfiguration {
    @Bean
    EncryptedKeyTokenStore encryptedKeyTokenStore(SovereignKeysSettings settings) {
        try {
            return FileEncryptedKeyTokenStore.open(Path.of(settings.customerKeys().target()));
        } catch (RuntimeException e) {
            throw new InvalidSettingException("customer-keys", String.valueOf(e.getMessage()), e);
        }
    }
}
