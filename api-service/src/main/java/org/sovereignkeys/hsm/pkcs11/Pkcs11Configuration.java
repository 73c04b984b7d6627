/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.FirstKeyPermit;

/** The bean that is both the vault and the connection to it. */
@Configuration(proxyBeanMethods = false)
class Pkcs11Configuration {
    @Bean(destroyMethod = "close")
    Pkcs11Vault keyVault(HsmSettings settings, FirstKeyPermit permit, MeterRegistry meters) {
        return new Pkcs11Vault(settings, permit, meters);
    }
}
