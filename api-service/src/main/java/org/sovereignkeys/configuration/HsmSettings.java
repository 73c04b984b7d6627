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
 * @param library the vendor's PKCS#11 library; by default where the vendor installs it
 * @param slot id of the slot; by default the first one that holds a token
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
        @DefaultValue("128") int cacheSize, @DefaultValue("10m") Duration cacheTime) {}
