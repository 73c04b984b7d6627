/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.sovereignkeys.hsm.KeyVault;

/** Makes customers' keys for the tests of other packages. */
public final class CustomerKeysFixture {
    private CustomerKeysFixture() {}

    public static CustomerKeys of(EncryptedKeyTokenStore store, KeyVault vault) {
        return new CustomerKeys(store, vault, new SimpleMeterRegistry());
    }
}
