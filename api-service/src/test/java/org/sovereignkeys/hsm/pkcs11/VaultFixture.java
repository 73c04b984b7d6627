/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.HsmConnection.Status;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.fail;

/** A simulated token and a vault on it, for tests of what goes wrong. */
final class VaultFixture implements AutoCloseable {
    static final Aad VOLUME = Aad.of(Map.of("instance_id", "i-0c4f345c91e5cd4a2", "volume_uuid", "b59fad1d"));
    static final Recipient INSTANCE = Recipient.of3072Bits();

    private final Simulator simulator;
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Pkcs11Vault vault;

    VaultFixture(Simulator simulator, HsmSettings settings, FirstKeyPermit permit) {
        this.simulator = simulator.inThisProcess();
        this.vault = new Pkcs11Vault(settings, permit, meters);
    }

    static VaultFixture closed(Path folder) {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        return new VaultFixture(simulator, Settings.of(simulator), () -> true);
    }

    static VaultFixture open(Path folder, int sessions, int cacheSize) {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        return new VaultFixture(simulator, Settings.of(simulator, sessions, cacheSize), () -> true).opened();
    }

    VaultFixture opened() {
        vault.open(simulator.pin());
        return this;
    }

    Simulator simulator() {
        return simulator;
    }

    Pkcs11Vault vault() {
        return vault;
    }

    double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    /** How many calls of a function returned CKR_OK. */
    long calls(String function) {
        Timer timer = meters.find("sovereign_keys.hsm.call").tags("function", function, "outcome", "CKR_OK").timer();
        return timer == null ? 0 : timer.count();
    }

    /** How many calls of a function returned anything else. */
    long failures(String function) {
        long all = meters.find("sovereign_keys.hsm.call")
            .tags("function", function)
            .timers()
            .stream()
            .mapToLong(Timer::count)
            .sum();
        return all - calls(function);
    }

    CustomerKey newCustomer(String vpc) {
        Aad context = Aad.of(Map.of("vpc_id", vpc));
        return new CustomerKey(vault.newCustomerKey(context), context);
    }

    WrappedBlob newSecret(CustomerKey customer) {
        return vault.generateSecret(customer, VOLUME, INSTANCE.key()).encrypted().blob();
    }

    byte[] decrypt(CustomerKey customer, WrappedBlob blob) {
        return INSTANCE.open(vault.decryptSecret(customer, VOLUME, blob, INSTANCE.key()).secret());
    }

    void awaitStatus(Status wanted, Duration atMost) {
        await("status " + wanted + ", which is " + vault.status(), () -> vault.status() == wanted, atMost);
    }

    static void await(String what, BooleanSupplier condition, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                fail("not within %s: %s", atMost, what);
            }
            pause(5);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        simulator.behave();
        vault.close();
    }
}
