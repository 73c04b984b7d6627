/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

    @Test
    void whatIsInTheStoreIsGoodUntilItsEndAndRenewedForTheSameKey() {
        Credentials made = make(key).current();
        Identity stored = stored(NODE, now.plus(DAY).minusSeconds(1)).orElseThrow();
        assertThat(stored.current().certificate()).isEqualTo(made.certificate());
        assertThat(stored.current().authority()).isEqualTo(made.authority());
        assertThat(stored.current().key()).isEqualTo(made.key());
        assertThat(stored(NODE, now).orElseThrow().isDue(now)).isTrue();

        stored.renew(now.plus(DAY));

        assertThat(stored.current().certificate().getNotAfter()).isAfter(made.certificate().getNotAfter());
        assertThat(stored.current().certificate().getPublicKey()).isEqualTo(made.certificate().getPublicKey());
        assertThat(stored.current().key()).isEqualTo(made.key());
    }

    @Test
    void whatIsInTheStoreIsRenewedByNoOtherAuthority() {
        make(key);
        List<String> before = files();
        LocalAuthorityKey other = new LocalAuthorityKey();
        Identity stored = Identity.stored(store, () -> new Authority(other), NODE, DAY, now).orElseThrow();
        assertThatThrownBy(() -> stored.renew(now)).isInstanceOf(OtherAuthorityException.class);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void whatIsOverOrOfAnotherNodeIsNotTaken() {
        make(key);
        assertThat(stored(NODE, now)).isPresent();
        assertThat(stored(NODE, now.plus(DAY).plusSeconds(1))).isEmpty();
        assertThat(stored(NODE, now.minus(DAY))).isEmpty();
        assertThat(stored(new Subject(NODE.instance(), "10.42.0.8"), now)).isEmpty();
        assertThat(stored(new Subject("i-0123456789abcdef1", NODE.address()), now)).isEmpty();
    }

    @Test
    void filesThatDoNotBelongTogetherAreNotTaken() throws IOException {
        make(key);
        RamStore elsewhere = new RamStore(folder.resolve("elsewhere"), true);
        new Identity(elsewhere, () -> new Authority(new LocalAuthorityKey()), NODE, DAY, now);
        for (String name : List.of(Identity.KEY, Identity.CERTIFICATE, Identity.AUTHORITY)) {
            byte[] own = store.read(name).orElseThrow();
            store.write(name, elsewhere.read(name).orElseThrow());
            assertThat(stored(NODE, now)).as("%s of another", name).isEmpty();
            store.write(name, "nothing".getBytes(StandardCharsets.US_ASCII));
            assertThat(stored(NODE, now)).as("%s that is broken", name).isEmpty();
            store.delete(name);
            assertThat(stored(NODE, now)).as("%s that is gone", name).isEmpty();
            store.write(name, own);
        }
        assertThat(stored(NODE, now)).isPresent();
    }

    private Optional<Identity> stored(Subject subject, Instant when) {
        return Identity.stored(store, () -> new Authority(key), subject, DAY, when);
    }

    private Identity make(AuthorityKey authorityKey) {
        return new Identity(store, () -> new Authority(authorityKey), NODE, DAY, now);
    }

    private List<String> files() {
        return List.of(Identity.KEY, Identity.CERTIFICATE, Identity.AUTHORITY)
            .stream()
            .map(name -> new String(store.read(name).orElseThrow(), StandardCharsets.US_ASCII))
            .toList();
    }
}
