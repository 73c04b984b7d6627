/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.KeyVault;

/** The customers' master keys: read from their store, made at a customer's first secret. */
@Component
public class CustomerKeys {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerKeys.class);

    private final EncryptedKeyTokenStore store;
    private final KeyVault vault;

    CustomerKeys(EncryptedKeyTokenStore store, KeyVault vault) {
        this.store = store;
        this.vault = vault;
    }

    /** The customer's key, or empty when it has none yet. Throws as the store does. */
    public Optional<CustomerKey> find(Customer customer) {
        Aad context = contextOf(customer);
        return store.find(customer.keyName()).map(token -> new CustomerKey(token, context));
    }

    /**
     * The customer's key, made now if it has none. Where several make one at once, the first to write wins and all use
     * that one. Throws as the store and the HSM do.
     */
    public CustomerKey findOrMake(Customer customer) {
        return find(customer).orElseGet(() -> make(customer));
    }

    private CustomerKey make(Customer customer) {
        Aad context = contextOf(customer);
        CustomerKey made = new CustomerKey(vault.newCustomerKey(context), context);
        vault.checkCustomerKey(made);
        CustomerKey standing = new CustomerKey(store.putIfAbsent(customer.keyName(), made.token()), context);
        if (standing.token().equals(made.token())) {
            LOG.info("made the master key of {}", customer.vpcId());
        } else {
            vault.checkCustomerKey(standing); // another's: it was never opened here
        }
        return standing;
    }

    private static Aad contextOf(Customer customer) {
        return Aad.of(Map.of("vpc_id", customer.vpcId().value()));
    }
}
