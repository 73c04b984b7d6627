/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hands the parts of the settings to those who need no more. */
@Configuration(proxyBeanMethods = false)
class SettingsConfiguration {
    @Bean
    HsmSettings hsmSettings(SovereignKeysSettings settings) {
        return settings.hsm();
    }
}
