/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the HSM is reached ({@code sovereign-keys.hsm.*}).
 *
 * @param type the vendor: {@code proteccio} or {@code cloudhsm}
 * @param library the vendor's PKCS#11 library; none: where the vendor installs it
 * @param slot id of the slot; none: the first one that holds a token
 * @param sessions size of the session pool, 1 to 256
 * @param sessionWait longest wait for a free session
 * @param callTimeout longest wait for one use case inside the HSM; past it the caller gets 503
 * @param stuckAfter a native call that takes longer is given up, with its session
 * @param probeInterval how often a lost HSM is tried again
 * @param cacheSize customer master keys kept unwrapped for decrypt-secret, 0 to 10000; 0 for none
 * @param cacheTime how long one is kept at most
 */
public record HsmSettings(HsmType type, @Nullable Path library, @Nullable Long slot, @DefaultValue("16") int sessions,
        @DefaultValue("2s") Duration sessionWait, @DefaultValue("8s") Duration callTimeout,
        @DefaultValue("30s") Duration stuckAfter, @DefaultValue("1s") Duration probeInterval,
        @DefaultValue("128") int cacheSize, @DefaultValue("10m") Duration cacheTime) {

    @SuppressWarnings("NullAway") // The binder passes null for what is not set; that is what is found out here.
    public HsmSettings {
        if (type == null) {
            throw new InvalidSettingException("hsm.type", "is not set; proteccio or cloudhsm is wanted");
        }
        requireWithin("hsm.sessions", sessions, 1, 256);
        requireWithin("hsm.cache-size", cacheSize, 0, 10_000);
        requireWithin("hsm.session-wait", sessionWait, Duration.ofMillis(10), Duration.ofMinutes(1));
        requireWithin("hsm.call-timeout", callTimeout, Duration.ofMillis(10), Duration.ofMinutes(1));
        requireWithin("hsm.stuck-after", stuckAfter, Duration.ofSeconds(1), Duration.ofMinutes(10));
        requireWithin("hsm.probe-interval", probeInterval, Duration.ofMillis(100), Duration.ofMinutes(1));
        requireWithin("hsm.cache-time", cacheTime, Duration.ofSeconds(1), Duration.ofHours(24));
        if (slot != null && slot < 0) {
            throw new InvalidSettingException("hsm.slot", "must not be negative, but is " + slot);
        }
    }

    private static <T extends Comparable<T>> void requireWithin(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new InvalidSettingException(key, "must be " + least + " to " + most + ", but is " + value);
        }
    }
}
