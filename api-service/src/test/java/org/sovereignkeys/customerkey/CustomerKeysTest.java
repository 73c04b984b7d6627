/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.hsm.StubKeyVault;
import org.sovereignkeys.hsm.WrappedBlob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CustomerKeysTest {
    private static final Customer CUSTOMER = new Customer(new VpcId("vpc-0b1e8a8e776a87423"), null, null, null, null);

    private final StubKeyVault vault = new StubKeyVault();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aKeyThatIsThereIsUsedWithoutAskingTheHsm() {
        CustomerKeys keys = new CustomerKeys(new Store(Optional.of(token(7)), token(7)), vault, meters);

        assertThat(keys.findOrMake(CUSTOMER).token()).isEqualTo(token(7));
        assertThat(vault.calls()).isEmpty();
    }

    @Test
    void aNewKeyIsOpenedBeforeItIsUsed() {
        CustomerKeys keys = new CustomerKeys(new Store(Optional.empty(), null), vault, meters);

        keys.findOrMake(CUSTOMER);

        assertThat(vault.calls()).containsExactly("newCustomerKey", "checkCustomerKey");
    }

    @Test
    void theKeyOfAFasterWriterIsOpenedBeforeItIsUsed() {
        CustomerKeys keys = new CustomerKeys(new Store(Optional.empty(), token(7)), vault, meters);

        assertThat(keys.findOrMake(CUSTOMER).token()).isEqualTo(token(7));
        assertThat(vault.calls()).containsExactly("newCustomerKey", "checkCustomerKey", "checkCustomerKey");
        assertThat(vault.lastCustomerKey().token()).isEqualTo(token(7));
    }

    @Test
    void whatWasReadOpensForThirtySecondsWithoutTheStore() {
        CountingStore store = new CountingStore();
        AtomicLong nanos = new AtomicLong();
        CustomerKeys keys = new CustomerKeys(store, vault, meters, nanos::get);
        keys.findToOpen(CUSTOMER);
        store.found = Optional.empty();

        nanos.addAndGet(CustomerKeys.KEPT.toNanos() - 1);
        assertThat(keys.findToOpen(CUSTOMER)).hasValueSatisfying(key -> assertThat(key.token()).isEqualTo(token(7)));
        assertThat(store.reads).isEqualTo(1);
        nanos.addAndGet(1);
        assertThat(keys.findToOpen(CUSTOMER)).isEmpty();
        assertThat(store.reads).isEqualTo(2);
    }

    @Test
    void nothingIsSealedWithAKeyThatIsGone() {
        CountingStore store = new CountingStore();
        CustomerKeys keys = new CustomerKeys(store, vault, meters, () -> 0);
        keys.findToOpen(CUSTOMER);
        store.found = Optional.empty();

        assertThat(keys.find(CUSTOMER)).isEmpty();
        assertThat(keys.findOrMake(CUSTOMER).token()).isNotEqualTo(token(7));
    }

    @Test
    void thatThereIsNoKeyIsNotKept() {
        CountingStore store = new CountingStore();
        CustomerKeys keys = new CustomerKeys(store, vault, meters, () -> 0);
        store.found = Optional.empty();
        assertThat(keys.findToOpen(CUSTOMER)).isEmpty();
        store.found = Optional.of(token(7));

        assertThat(keys.findToOpen(CUSTOMER)).isPresent();
    }

    @Test
    void aKeyThatIsLostIsCountedAndAStoreOutOfReachIsNot() {
        CountingStore store = new CountingStore();
        CustomerKeys keys = new CustomerKeys(store, vault, meters, () -> 0);
        store.failure = new EncryptedKeyTokenException("was there and is gone", null);
        assertThatThrownBy(() -> keys.findOrMake(CUSTOMER)).isSameAs(store.failure);
        assertThatThrownBy(() -> keys.findToOpen(CUSTOMER)).isSameAs(store.failure);
        store.failure = new EncryptedKeyTokenException("cannot be read", new IOException());
        assertThatThrownBy(() -> keys.find(CUSTOMER)).isSameAs(store.failure);

        assertThat(meters.get("sovereign_keys.customer_keys.lost").counter().count()).isEqualTo(2);
    }

    @Test
    void aKeyThatIsLostBeforeTheFirstWriteIsReadAgainIsCounted() {
        CountingStore store = new CountingStore();
        store.found = Optional.empty();
        store.failureOfPut = new EncryptedKeyTokenException("was there and is gone", null);
        CustomerKeys keys = new CustomerKeys(store, vault, meters, () -> 0);

        assertThatThrownBy(() -> keys.findOrMake(CUSTOMER)).isSameAs(store.failureOfPut);
        assertThat(meters.get("sovereign_keys.customer_keys.lost").counter().count()).isEqualTo(1);
    }

    private static final class CountingStore implements EncryptedKeyTokenStore {
        private Optional<WrappedBlob> found = Optional.of(token(7));
        private @Nullable EncryptedKeyTokenException failure;
        private @Nullable EncryptedKeyTokenException failureOfPut;
        private int reads;

        @Override
        public Optional<WrappedBlob> find(String name) {
            reads++;
            if (failure != null) {
                throw failure;
            }
            return found;
        }

        @Override
        public WrappedBlob putIfAbsent(String name, WrappedBlob token) {
            if (failureOfPut != null) {
                throw failureOfPut;
            }
            return token;
        }

        @Override
        public boolean isEmpty() {
            return found.isEmpty();
        }
    }

    private static WrappedBlob token(int filling) {
        byte[] bytes = new byte[WrappedBlob.SIZE_BYTES];
        Arrays.fill(bytes, (byte) filling);
        return new WrappedBlob(bytes);
    }

    /** Finds this, and has that one stand where another is written; null: the one that is written. */
    private record Store(Optional<WrappedBlob> found,
            @Nullable WrappedBlob winner) implements EncryptedKeyTokenStore {
        @Override
        public Optional<WrappedBlob> find(String name) {
            return found;
        }

        @Override
        public WrappedBlob putIfAbsent(String name, WrappedBlob token) {
            return winner == null ? token : winner;
        }

        @Override
        public boolean isEmpty() {
            return found.isEmpty();
        }
    }
}
