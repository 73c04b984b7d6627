/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.WrappedBlob;

/**
 * The customers' master keys: read from their store, made at a customer's first secret. To open a secret, what was read within
 * the last 30 s will do; what seals one is read each time, so that no secret is sealed with a key that stands nowhere.
 */
@Component
public class CustomerKeys {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerKeys.class);

    static final Duration KEPT = Duration.ofSeconds(30);
    private static final int MOST_KEPT = 10_000;

    private final EncryptedKeyTokenStore store;
    private final KeyVault vault;
    private final Counter lost;
    private final Cache<String, WrappedBlob> kept;

    @Autowired
    CustomerKeys(EncryptedKeyTokenStore store, KeyVault vault, MeterRegistry meters) {
        this(store, vault, meters, Ticker.systemTicker());
    }

    CustomerKeys(EncryptedKeyTokenStore store, KeyVault vault, MeterRegistry meters, Ticker ticker) {
        this.store = store;
        this.vault = vault;
        this.lost = Counter.builder("sovereign_keys.customer_keys.lost")
            .description("Times that a customer's key was not there any more, or spoilt")
            .register(meters);
        this.kept = Caffeine.newBuilder().maximumSize(MOST_KEPT).expireAfterWrite(KEPT).ticker(ticker).build();
    }

    /** The customer's key as it stands, or empty when it has none yet. Throws as the store does. */
    public Optional<CustomerKey> find(Customer customer) {
        Optional<WrappedBlob> token = counted(() -> store.find(customer.keyName()));
        token.ifPresent(found -> kept.put(customer.keyName(), found));
        return token.map(found -> new CustomerKey(found, contextOf(customer)));
    }

    /** The same as it stood within the last 30 s. For opening only: it may be gone. */
    public Optional<CustomerKey> findToOpen(Customer customer) {
        WrappedBlob token = kept.getIfPresent(customer.keyName());
        return token == null ? find(customer) : Optional.of(new CustomerKey(token, contextOf(customer)));
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
        CustomerKey standing = new CustomerKey(counted(() -> store.putIfAbsent(customer.keyName(), made.token())),
                context);
        if (standing.token().equals(made.token())) {
            LOG.info("made the master key of {}", customer.vpcId());
        } else {
            vault.checkCustomerKey(standing); // another's: it was never opened here
        }
        return standing;
    }

    private <T> T counted(Supplier<T> work) {
        try {
            return work.get();
        } catch (EncryptedKeyTokenException e) {
            if (!e.isOutOfReach()) {
                lost.increment();
            }
            throw e;
        }
    }

    private static Aad contextOf(Customer customer) {
        return Aad.of(Map.of("vpc_id", customer.vpcId().value()));
    }
}
