/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RamStoreTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    @Test
    void aFolderThatIsNotInRamIsRefused() throws IOException {
        Path onDisk = Files.createDirectory(Path.of("target").toAbsolutePath().resolve("store-" + System.nanoTime()));
        assertThatThrownBy(() -> new RamStore(onDisk, false)).isInstanceOf(IOException.class)
            .hasMessageContaining("not in RAM (tmpfs or ramfs)");
        assertThat(new RamStore(onDisk, true).path("file")).isEqualTo(onDisk.resolve("file"));
        Files.delete(onDisk);
    }

    @Test
    void aFolderInRamIsTaken() throws IOException {
        Path inRam = Files.createTempDirectory(Path.of("/dev/shm"), "sk-node-store");
        new RamStore(inRam, false).write("file", CONTENT);
        assertThat(inRam.resolve("file")).hasBinaryContent(CONTENT);
        try (Stream<Path> all = Files.walk(inRam)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    @Test
    void nobodyElseReadsIt() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        RamStore store = new RamStore(open, true);
        store.write("key", CONTENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open))).isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open.resolve("key"))))
            .isEqualTo("rw-------");
    }

    @Test
    void aFileIsReplacedAsAWholeAndWiped() throws IOException {
        RamStore store = new RamStore(folder, true);
        store.write("file", CONTENT);
        try (var before = Files.newInputStream(folder.resolve("file"))) {
            store.write("file", "other".getBytes(StandardCharsets.US_ASCII));
            assertThat(before.readAllBytes()).as("who reads the old one has it to its end").isEqualTo(CONTENT);
        }
        try (var before = Files.newInputStream(folder.resolve("file"))) {
            store.wipe("file");
            assertThat(before.readAllBytes()).as("what was in the file").isEqualTo(new byte[5]);
        }
        assertThat(store.read("file")).isEmpty();
        store.wipe("file");
    }
}
