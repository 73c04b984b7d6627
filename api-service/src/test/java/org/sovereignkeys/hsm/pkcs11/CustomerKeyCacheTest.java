/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;
import sun.security.pkcs11.wrapper.PKCS11Constants;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;

/** Customers' keys kept unwrapped: for decrypting only, few, not for long, and never trusted blindly. */
class CustomerKeyCacheTest {
    private static final String CACHED = "sovereign_keys.hsm.customer_keys.cached";
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private static void decryptUntilCached(VaultFixture fixture, CustomerKey customer, WrappedBlob blob, int cached) {
        fixture.decrypt(customer, blob);
        VaultFixture.await("the key is cached", () -> fixture.gauge(CACHED) == cached, SOON);
    }

    private static long unwrapsOf(VaultFixture fixture, Runnable call) {
        long before = fixture.calls("C_UnwrapKey");
        call.run();
        return fixture.calls("C_UnwrapKey") - before;
    }

    private static int temporaryObjects(VaultFixture fixture) {
        return fixture.vault()
            .call((operations, workspace) -> workspace.session()
                .find(new CK_ATTRIBUTE(PKCS11Constants.CKA_TOKEN, false))).length;
    }

    @Test
    void decryptingUnwrapsTheCustomersKeyOnce() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            WrappedBlob blob = fixture.newSecret(customer);
            decryptUntilCached(fixture, customer, blob, 1);

            assertThat(unwrapsOf(fixture, () -> fixture.decrypt(customer, blob))).isEqualTo(1);
        }
    }

    @Test
    void sealingAlwaysUnwrapsTheCustomersKey() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            WrappedBlob blob = fixture.newSecret(customer);
            decryptUntilCached(fixture, customer, blob, 1);

            assertThat(unwrapsOf(fixture, () -> fixture.newSecret(customer))).isEqualTo(1);
            assertThat(unwrapsOf(fixture, () -> fixture.vault()
                .convertSecret(customer, VaultFixture.VOLUME, VaultFixture.VOLUME, blob))).isEqualTo(2);
        }
    }

    @Test
    void noMoreThanItsSizeAreKept() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 2)) {
            for (int i = 1; i <= 5; i++) {
                CustomerKey customer = fixture.newCustomer("vpc-" + i);
                decryptUntilCached(fixture, customer, fixture.newSecret(customer), Math.min(i, 2));
            }

            VaultFixture.await("the evicted keys are gone", () -> temporaryObjects(fixture) == 2, SOON);
        }
    }

    @Test
    void noneIsKeptForLongerThanItsTime() {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        HsmSettings settings = new HsmSettings(HsmType.PROTECCIO, Simulator.library(), null, 2, SOON, SOON,
                Duration.ofSeconds(30), Duration.ofMillis(200), 8, Duration.ofSeconds(1));
        try (VaultFixture fixture = new VaultFixture(simulator, settings, () -> true).opened()) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            WrappedBlob blob = fixture.newSecret(customer);
            decryptUntilCached(fixture, customer, blob, 1);

            VaultFixture.await("the key is gone", () -> fixture.gauge(CACHED) == 0, SOON);
            VaultFixture.await("its object is gone", () -> temporaryObjects(fixture) == 0, SOON);
            fixture.decrypt(customer, blob);
        }
    }

    @Test
    void aSizeOfZeroKeepsNone() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            WrappedBlob blob = fixture.newSecret(customer);
            fixture.decrypt(customer, blob);
            VaultFixture.pause(100);

            assertThat(fixture.gauge(CACHED)).isZero();
            assertThat(unwrapsOf(fixture, () -> fixture.decrypt(customer, blob))).isEqualTo(2);
        }
    }

    @Test
    void aKeyThatVanishedIsUnwrappedAfresh() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            WrappedBlob blob = fixture.newSecret(customer);
            byte[] secret = fixture.decrypt(customer, blob);
            decryptUntilCached(fixture, customer, blob, 1);

            destroyOneBehindItsBack(fixture);

            assertThat(fixture.decrypt(customer, blob)).isEqualTo(secret);
        }
    }

    /** A handle is used again for other objects, so what is not known to be the cached key is not to be destroyed. */
    @Test
    void aHandleThatMeansTheKeyNoMoreIsNotDestroyed() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 1)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            decryptUntilCached(fixture, customer, fixture.newSecret(customer), 1);
            destroyOneBehindItsBack(fixture);

            for (int i = 2; i <= 4; i++) {
                CustomerKey other = fixture.newCustomer("vpc-" + i);
                decryptUntilCached(fixture, other, fixture.newSecret(other), 1);
            }
            VaultFixture.await("the evicted keys are gone", () -> temporaryObjects(fixture) == 1, SOON);
            assertThat(fixture.failures("C_DestroyObject")).isZero();
        }
    }

    /** Handles are used again, also for objects that never had a label, such as the key of a recipient. */
    @Test
    void anObjectWithoutLabelHasNone() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 1)) {
            RecipientKey recipient = Recipient.of3072Bits().key();
            fixture.vault().call((operations, workspace) -> {
                long object = workspace.createObject(Templates.recipientKey(recipient));
                assertThat(workspace.session().label(object)).isEmpty();
                return true;
            });
        }
    }

    private static void destroyOneBehindItsBack(VaultFixture fixture) {
        fixture.vault().call((operations, workspace) -> {
            Session session = workspace.session();
            session.destroy(session.find(new CK_ATTRIBUTE(PKCS11Constants.CKA_TOKEN, false))[0]);
            return true;
        });
    }
}
