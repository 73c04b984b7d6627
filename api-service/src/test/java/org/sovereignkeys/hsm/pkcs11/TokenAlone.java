/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.WrappedBlob;

/**
 * What decrypt-secret asks of the HSM, and nothing else: the secret's opening and wrapping, and the entry's signature, by the
 * service's vault with its session pool. utils/bench measures it as the limit of the service. Its environment says where the
 * token is.
 */
public final class TokenAlone implements IntFunction<Runnable> {
    /** About as long as what is signed of an entry. */
    private static final int ENTRY_SIZE_BYTES = 600;

    private final Pkcs11Vault vault;
    private final RecipientKey recipient;
    private final Map<Integer, CustomerKey> customers = new ConcurrentHashMap<>();
    private final AtomicInteger volumes = new AtomicInteger();

    /** Opens the token of the environment, which makes its keys at the first time. */
    public TokenAlone() {
        HsmType type = HsmType.valueOf(environment("SK_SIMULATOR_VENDOR").toUpperCase(Locale.ROOT));
        HsmSettings settings = new HsmSettings(type, Path.of(environment("SK_BENCH_LIBRARY")), null,
                Integer.parseInt(environment("SK_BENCH_SESSIONS")), Duration.ofSeconds(2), Duration.ofSeconds(8),
                Duration.ofSeconds(30), Duration.ofSeconds(1), 128, Duration.ofMinutes(10));
        this.vault = new Pkcs11Vault(settings, () -> true, new SimpleMeterRegistry());
        this.recipient = RecipientKey.ofDer(Base64.getDecoder().decode(read(environment("SK_BENCH_RSA_KEY"))));
        vault.open(Pin.of(environment("SK_SIMULATOR_PIN")));
    }

    private static String environment(String name) {
        return Objects.requireNonNull(System.getenv(name), name);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a volume in the VPC of this number; what is returned opens its secret, and signs an entry of that. */
    @Override
    public Runnable apply(int vpc) {
        CustomerKey customer = customer(vpc);
        Aad volume = Aad.of(Map.of("instance_id", "i-0be00000000000001", "volume_uuid",
                "bench-" + volumes.incrementAndGet()));
        WrappedBlob sealed = vault.generateSecret(customer, volume, recipient).encrypted().blob();
        byte[] entry = new byte[ENTRY_SIZE_BYTES];
        return () -> {
            vault.decryptSecret(customer, volume, sealed, recipient);
            vault.sign(entry);
        };
    }

    private CustomerKey customer(int vpc) {
        return customers.computeIfAbsent(vpc, _ -> {
            Aad context = Aad.of(Map.of("vpc_id", "vpc-0be%014d".formatted(vpc)));
            return new CustomerKey(vault.newCustomerKey(context), context);
        });
    }
}
