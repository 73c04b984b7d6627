/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.file;

import java.nio.file.Path;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;

/** The log as files, where {@code sovereign-keys.audit} is {@code file:FOLDER}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnLocation(setting = "audit", technology = "file")
class FileAuditConfiguration {
    @Bean
    FileAuditStore auditStore(SovereignKeysSettings settings) {
        try {
            return FileAuditStore.open(Path.of(settings.audit().target()));
        } catch (RuntimeException e) {
            throw new InvalidSettingException("audit", String.valueOf(e.getMessage()), e);
        }
    }
}
