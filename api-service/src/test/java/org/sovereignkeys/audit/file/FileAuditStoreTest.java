/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditStore.Put;
import org.sovereignkeys.audit.AuditStore.Tail;
import org.sovereignkeys.audit.AuditStoreContract;
import org.sovereignkeys.audit.AuditUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.sovereignkeys.audit.Entries.VPC;

class FileAuditStoreTest extends AuditStoreContract {
    private static final byte[] CONTENT = {'{', '}'};

    @TempDir
    Path temporary;
    private Path log;
    private Path vpcLog;
    private FileAuditStore store;

    @BeforeEach
    void open() {
        log = temporary.resolve("audit/log");
        vpcLog = log.resolve(VPC.value());
        store = FileAuditStore.open(log);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected AuditStore store() {
        return store;
    }

    @Test
    void anEntryIsAFileNamedByItsNumberInNineDigits() {
        store.putIfAbsent(VPC, 42, CONTENT);

        assertThat(vpcLog.resolve("000000042.json")).hasBinaryContent(CONTENT);
    }

    @Test
    void othersMayNotReadTheLog() throws Exception {
        store.putIfAbsent(VPC, 1, CONTENT);

        assertThat(mode(vpcLog.resolve("000000001.json"))).isSubsetOf(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(mode(vpcLog)).isSubsetOf(PosixFilePermissions.fromString("rwxr-x---"));
    }

    @Test
    void noDraftIsLeft() {
        store.putIfAbsent(VPC, 1, CONTENT);
        store.putIfAbsent(VPC, 1, CONTENT);

        assertThat(log.resolve(".drafts")).isEmptyDirectory();
    }

    @Test
    void draftsOfAKilledProcessAreRemovedAtStart() throws Exception {
        store.close();
        Files.writeString(log.resolve(".drafts/half"), "{\"event");
        store = FileAuditStore.open(log);

        assertThat(log.resolve(".drafts")).isEmptyDirectory();
    }

    @Test
    void aSecondWriterIsTurnedAway() {
        assertThatIllegalStateException().isThrownBy(() -> FileAuditStore.open(log))
            .withMessageContaining("Another process writes to the audit log in");
    }

    @Test
    void aClosedLogCanBeOpenedAgain() {
        store.putIfAbsent(VPC, 1, CONTENT);
        store.close();
        store = FileAuditStore.open(log);

        assertThat(store.tail(VPC).highest()).isEqualTo(1);
    }

    @Test
    void foreignNamesAreIgnored() throws Exception {
        store.putIfAbsent(VPC, 1, CONTENT);
        for (String name : List.of("000000000.json", "2.json", "000000002.json.bak", "0000000003.json",
                ".000000004.json",
                "notes.txt", "a\nb")) {
            Files.writeString(vpcLog.resolve(name), "x");
        }
        assertThat(store.tail(VPC)).isEqualTo(new Tail(1, List.of()));
        assertThat(store.holesBefore(VPC, 4)).hasSize(1);
    }

    @Test
    void foreignFoldersAreIgnored() throws Exception {
        Files.createDirectory(log.resolve("lost+found"));

        assertThat(store.vpcIds()).isEmpty();
    }

    @Test
    void aSymbolicLinkUnderANumberTakesItAndIsNoEntry() throws Exception {
        store.putIfAbsent(VPC, 1, CONTENT);
        Files.createSymbolicLink(vpcLog.resolve("000000002.json"), vpcLog.resolve("000000001.json"));

        assertThat(store.putIfAbsent(VPC, 2, CONTENT)).isEqualTo(Put.TAKEN);
        assertThat(store.read(VPC, 2)).isEmpty();
    }

    @Test
    void aDanglingLinkUnderANumberCountsAsWritten() throws Exception {
        store.putIfAbsent(VPC, 1, CONTENT);
        Files.createSymbolicLink(vpcLog.resolve("000000002.json"), Path.of("nowhere"));

        assertThat(store.tail(VPC)).isEqualTo(new Tail(2, List.of()));
        assertThat(store.putIfAbsent(VPC, 2, CONTENT)).isEqualTo(Put.TAKEN);
    }

    @Test
    void aFolderUnderANumberTakesItAndIsNoEntry() throws Exception {
        Files.createDirectories(vpcLog.resolve("000000001.json"));

        assertThat(store.putIfAbsent(VPC, 1, CONTENT)).isEqualTo(Put.TAKEN);
        assertThat(store.read(VPC, 1)).isEmpty();
    }

    @Test
    void aVpcFolderThatIsALinkIsRefused() throws Exception {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.createSymbolicLink(vpcLog, elsewhere);

        assertThatExceptionOfType(AuditUnavailableException.class)
            .isThrownBy(() -> store.putIfAbsent(VPC, 1, CONTENT));
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aLogFolderThatIsALinkIsFollowed() throws Exception {
        store.close();
        Path link = Files.createSymbolicLink(temporary.resolve("link"), log);
        store = FileAuditStore.open(link);
        store.putIfAbsent(VPC, 1, CONTENT);

        assertThat(vpcLog.resolve("000000001.json")).exists();
    }

    @Test
    void aFileInPlaceOfTheLogFolderStopsTheStart() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatIllegalStateException().isThrownBy(() -> FileAuditStore.open(file))
            .withMessageContaining("cannot be used");
    }

    @Test
    void aVpcFolderThatWasRemovedIsMadeAnewByTheNextTry() throws Exception {
        store.putIfAbsent(VPC, 1, CONTENT);
        Files.delete(vpcLog.resolve("000000001.json"));
        Files.delete(vpcLog);

        assertThatExceptionOfType(AuditUnavailableException.class)
            .isThrownBy(() -> store.putIfAbsent(VPC, 2, CONTENT));
        assertThat(store.putIfAbsent(VPC, 2, CONTENT)).isEqualTo(Put.STORED);
    }

    private static Set<PosixFilePermission> mode(Path path) throws Exception {
        return Files.getPosixFilePermissions(path);
    }
}
