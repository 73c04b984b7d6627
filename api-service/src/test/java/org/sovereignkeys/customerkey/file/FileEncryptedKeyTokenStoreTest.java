/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStoreContract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class FileEncryptedKeyTokenStoreTest extends EncryptedKeyTokenStoreContract {
    @TempDir
    Path folder;
    private FileEncryptedKeyTokenStore store;

    @BeforeEach
    void open() {
        store = FileEncryptedKeyTokenStore.open(folder);
    }

    @Override
    protected EncryptedKeyTokenStore store() {
        return store;
    }

    @Override
    protected EncryptedKeyTokenStore sameStoreOfAnotherProcess() {
        return FileEncryptedKeyTokenStore.open(folder);
    }

    @Override
    protected void remove(String name) {
        try {
            Files.delete(folder.resolve(name + ".ekt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void spoil(String name, byte[] content) {
        try {
            Files.write(folder.resolve(name + ".ekt"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTokenIsAFileOfItsName() {
        store.putIfAbsent(NAME, token(1));

        assertThat(folder.resolve(NAME + ".ekt")).hasBinaryContent(token(1).bytes());
    }

    @Test
    void othersMayNotReadATokensFile() throws IOException {
        store.putIfAbsent(NAME, token(1));

        assertThat(Files.getPosixFilePermissions(folder.resolve(NAME + ".ekt")))
            .isSubsetOf(PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void aCrashBeforeTheMarkerIsMadeUpForByTheNextReader() throws IOException {
        store.putIfAbsent(NAME, token(1));
        Files.delete(folder.resolve(".written").resolve(NAME));

        assertThat(sameStoreOfAnotherProcess().find(NAME)).hasValue(token(1));
        assertThat(folder.resolve(".written").resolve(NAME)).exists();
    }

    @Test
    void aCrashBeforeTheTokenGotItsNameLeavesRoomForOne() throws IOException {
        Files.write(folder.resolve(".drafts/half"), new byte[40]);

        assertThat(sameStoreOfAnotherProcess().putIfAbsent(NAME, token(1))).isEqualTo(token(1));
    }

    @Test
    void aTokenBroughtByHandCountsLikeAnyOther() throws IOException {
        spoil(NAME, token(7).bytes());

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(7));
    }

    @Test
    void aSymbolicLinkIsNoToken() throws IOException {
        Path elsewhere = Files.write(folder.resolve("elsewhere"), token(1).bytes());
        Files.createSymbolicLink(folder.resolve(NAME + ".ekt"), elsewhere);

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME));
    }

    @Test
    void aTokenThatCannotBeMarkedIsUsedAllTheSame() throws IOException {
        Files.createFile(folder.resolve(".written"));

        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", ".hidden", "a\u0000b"})
    void aNameThatLeadsElsewhereIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> store.find(name));
    }

    @Test
    void aFileInPlaceOfTheFolderStopsTheStart() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatIllegalStateException().isThrownBy(() -> FileEncryptedKeyTokenStore.open(file));
    }
}
