/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import org.sovereignkeys.hsm.WrappedBlob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What every store of key tokens keeps to. */
public abstract class EncryptedKeyTokenStoreContract {
    protected static final String NAME = "ekt-vpc-0b1e8a8e776a87423";

    /** The store under test, empty at the start of each test; always the same one in a test. */
    protected abstract EncryptedKeyTokenStore store();

    /** Another process's view of the same store. */
    protected abstract EncryptedKeyTokenStore sameStoreOfAnotherProcess();

    /** Takes a token away behind the store's back. */
    protected abstract void remove(String name);

    /** Puts other bytes in the place of a token behind the store's back. */
    protected abstract void spoil(String name, byte[] content);

    protected static WrappedBlob token(int filling) {
        byte[] bytes = new byte[WrappedBlob.SIZE_BYTES];
        Arrays.fill(bytes, (byte) filling);
        return new WrappedBlob(bytes);
    }

    @Test
    void whatWasNeverWrittenIsNotFound() {
        assertThat(store().find(NAME)).isEmpty();
    }

    @Test
    void whatIsWrittenIsFound() {
        assertThat(store().putIfAbsent(NAME, token(1))).isEqualTo(token(1));
        assertThat(store().find(NAME)).hasValue(token(1));
    }

    @Test
    void theSecondWriterGetsTheFirstOnesToken() {
        store().putIfAbsent(NAME, token(1));

        assertThat(sameStoreOfAnotherProcess().putIfAbsent(NAME, token(2))).isEqualTo(token(1));
    }

    @Test
    void manyWritersAgreeOnOneToken() throws Exception {
        EncryptedKeyTokenStore other = sameStoreOfAnotherProcess();
        List<Callable<WrappedBlob>> writers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            EncryptedKeyTokenStore mine = i % 2 == 0 ? store() : other;
            WrappedBlob token = token(i);
            writers.add(() -> mine.putIfAbsent(NAME, token));
        }
        Set<WrappedBlob> seen = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<WrappedBlob> writer : threads.invokeAll(writers)) {
                seen.add(writer.get());
            }
        }
        assertThat(seen).hasSize(1);
    }

    @Test
    void aStoreWithoutTokensIsEmpty() {
        assertThat(store().isEmpty()).isTrue();
    }

    @Test
    void aStoreWithATokenIsNotEmpty() {
        store().putIfAbsent(NAME, token(1));

        assertThat(store().isEmpty()).isFalse();
    }

    @Test
    void aTokenThatWasRemovedIsMissed() {
        store().putIfAbsent(NAME, token(1));
        remove(NAME);

        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> sameStoreOfAnotherProcess().find(NAME))
            .withMessageContaining("gone");
    }

    @Test
    void noSecondTokenIsMadeForOneThatWasRemoved() {
        store().putIfAbsent(NAME, token(1));
        remove(NAME);

        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> store().putIfAbsent(NAME, token(2)));
    }

    @Test
    void aStoreWhoseTokensWereRemovedIsNotEmpty() {
        store().putIfAbsent(NAME, token(1));
        remove(NAME);

        assertThat(store().isEmpty()).isFalse();
    }

    @Test
    void aTokenThatWasRestoredIsFound() {
        store().putIfAbsent(NAME, token(1));
        remove(NAME);
        spoil(NAME, token(1).bytes());

        assertThat(store().find(NAME)).hasValue(token(1));
    }

    @Test
    void aTokenOfAnotherLengthIsSpoilt() {
        for (int size : new int[]{0, 91, 93, 5000}) {
            spoil(NAME, new byte[size]);
            assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store().find(NAME));
        }
    }

    @Test
    void aSpoiltTokenIsNotReplaced() {
        spoil(NAME, new byte[91]);

        assertThatExceptionOfType(EncryptedKeyTokenException.class)
            .isThrownBy(() -> store().putIfAbsent(NAME, token(1)));
    }
}
