/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.hsm.FirstKeyPermit;

/** HSM keys may be made only while no customer key was ever sealed by older ones. */
@Configuration(proxyBeanMethods = false)
class FirstKeyConfiguration {
    @Bean
    FirstKeyPermit firstKeyPermit(EncryptedKeyTokenStore store) {
        return store::isEmpty;
    }
}
