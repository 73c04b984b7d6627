/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.node.store.RamStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a process of sk-node takes over from the one before. */
class IdentityTest {
    private static final Subject NODE = new Subject("i-0123456789abcdef0", "10.42.0.7");
    private static final Duration DAY = Duration.ofDays(1);

    private final LocalAuthorityKey key = new LocalAuthorityKey();
    private final Instant now = Instant.now();

    @TempDir
    private Path folder;
    private RamStore store;

    @BeforeEach
    void makeStore() throws IOException {
        store = new RamStore(folder.resolve("node"), true);
    }

    @Test
    void itTakesNoOtherAuthorityThanItsStoreHas() {
        make(key);
        List<String> before = files();
        LocalAuthorityKey other = new LocalAuthorityKey();

        assertThatThrownBy(() -> make(other)).isInstanceOf(OtherAuthorityException.class)
            .hasMessageContainingAll(Authority.fingerprint(key.publicKey()), Authority.fingerprint(other.publicKey()));

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void itTakesNoAuthorityInPlaceOfOneThatCannotBeRead() {
        store.write(Identity.AUTHORITY, "no certificate".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> make(key)).isInstanceOf(OtherAuthorityException.class);
        assertThat(store.read(Identity.KEY)).isEmpty();
    }

    @Test
    void theSameAuthorityIsTakenAgain() {
        make(key);
        List<String> before = files();
        make(key);
        assertThat(files()).doesNotContainAnyElementsOf(before);
    }

    private Identity make(AuthorityKey authorityKey) {
        return new Identity(store, new Authority(authorityKey), NODE, DAY, now);
    }

    private List<String> files() {
        return List.of(Identity.KEY, Identity.CERTIFICATE, Identity.AUTHORITY)
            .stream()
            .map(name -> new String(store.read(name).orElseThrow(), StandardCharsets.US_ASCII))
            .toList();
    }
}
