/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class WriteOnceFolderTest {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path root;
    private final FailingDisk disk = new FailingDisk();
    private WriteOnceFolder folder;

    @BeforeEach
    void open() throws IOException {
        folder = WriteOnceFolder.open(disk, root);
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"WRITE", "LINK", "FOLDER"})
    void aStepThatFailsLeavesNothingUnderTheName(Step step) {
        disk.failing = step;

        assertThatIOException().isThrownBy(() -> folder.write("a/file", CONTENT));
        assertThat(root.resolve("a/file")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aStepThatFailsLeavesNoDraft(Step step) {
        disk.failing = step;

        assertThatIOException().isThrownBy(() -> folder.write("a/file", CONTENT));
        assertThat(root.resolve(".drafts")).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"WRITE", "LINK", "FOLDER"})
    void theNextTryAfterAFailureWritesTheFileAnew(Step step) throws IOException {
        disk.failing = step;
        assertThatIOException().isThrownBy(() -> folder.write("a/file", CONTENT));
        disk.failing = null;

        assertThat(folder.write("a/file", CONTENT)).isTrue();
        assertThat(root.resolve("a/file")).hasBinaryContent(CONTENT);
    }

    @Test
    void aFileWhoseNameMayNotBeDurableIsWholeAndTheNextTryMakesItSo() throws IOException {
        folder.write("a/other", CONTENT);
        disk.failing = Step.NAME;
        assertThatIOException().isThrownBy(() -> folder.write("a/file", CONTENT));
        assertThat(root.resolve("a/file")).hasBinaryContent(CONTENT);
        disk.failing = null;
        disk.foldersForced = 0;

        assertThat(folder.write("a/file", CONTENT)).isFalse();
        assertThat(disk.foldersForced).isEqualTo(1);
    }

    @Test
    void aNameIsGivenOnlyOnce() throws IOException {
        assertThat(folder.write("file", CONTENT)).isTrue();
        assertThat(folder.write("file", new byte[]{9})).isFalse();
        assertThat(root.resolve("file")).hasBinaryContent(CONTENT);
    }

    @Test
    void aNewFolderIsMadeDurableInItsParent() throws IOException {
        disk.foldersForced = 0;
        folder.write("a/file", CONTENT);

        assertThat(disk.foldersForced).isEqualTo(2);
    }

    @Test
    void aDraftThatIsYoungMayBeAnotherProcesssAndStays() throws IOException {
        Path draft = Files.createFile(root.resolve(".drafts/young"));
        folder.removeDrafts(Duration.ofHours(1));

        assertThat(draft).exists();
    }

    @Test
    void aDraftThatHasLainStillIsRemoved() throws IOException {
        Path draft = Files.createFile(root.resolve(".drafts/old"));
        Files.setLastModifiedTime(draft, FileTime.from(Instant.now().minusSeconds(7200)));
        folder.removeDrafts(Duration.ofHours(1));

        assertThat(draft).doesNotExist();
    }

    @Test
    void aSymbolicLinkIsNotRead() throws IOException {
        folder.write("file", CONTENT);
        Files.createSymbolicLink(root.resolve("link"), root.resolve("file"));

        assertThatIOException().isThrownBy(() -> folder.read("link", 100));
    }

    @Test
    void whatIsNotThereReadsAsNothing() throws IOException {
        assertThat(folder.read("file", 100)).isEmpty();
        assertThat(folder.read("no/file", 100)).isEmpty();
    }

    @Test
    void ofALongFileOneByteTooManyIsRead() throws IOException {
        folder.write("file", new byte[100]);

        assertThat(folder.read("file", 10)).hasValueSatisfying(content -> assertThat(content).hasSize(11));
    }

    enum Step {
        WRITE, LINK, FOLDER, NAME
    }

    /** A disk that runs full or breaks at one step. */
    private static final class FailingDisk extends Disk {
        private @Nullable Step failing;
        private int foldersForced;

        @Override
        void writeNew(Path file, byte[] content) throws IOException {
            if (failing == Step.WRITE) {
                Files.write(file, new byte[]{content[0]});
                throw new IOException("No space left on device");
            }
            super.writeNew(file, content);
        }

        @Override
        boolean link(Path file, Path name) throws IOException {
            failAt(Step.LINK);
            return super.link(file, name);
        }

        @Override
        void createFolder(Path folder) throws IOException {
            failAt(Step.FOLDER);
            super.createFolder(folder);
        }

        @Override
        void forceFolder(Path folder) throws IOException {
            failAt(Step.NAME);
            foldersForced++;
            super.forceFolder(folder);
        }

        private void failAt(Step step) throws IOException {
            if (failing == step) {
                throw new IOException("Input/output error");
            }
        }
    }
}
