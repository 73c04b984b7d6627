/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import org.sovereignkeys.cluster.FirstKeyClaim;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.HsmUnavailableException;

/** HSM keys may be made only while no customer key was ever sealed by older ones, and by one node only. */
@Configuration(proxyBeanMethods = false)
class FirstKeyConfiguration {
    @Bean
    FirstKeyPermit firstKeyPermit(EncryptedKeyTokenStore store, FirstKeyClaim claim) {
        return () -> {
            boolean nothingSealed = isEmpty(store);
            if (nothingSealed) {
                claim.take();
            }
            return nothingSealed;
        };
    }

    private static boolean isEmpty(EncryptedKeyTokenStore store) {
        try {
            return store.isEmpty();
        } catch (EncryptedKeyTokenException e) {
            throw new HsmUnavailableException("The HSM holds no keys, and whether they may be made cannot be seen now: "
                    + e.getMessage(), e);
        }
    }
}
