/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.durable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder, on a local file system with hard links, whose files are written once and never replaced. A file is written as
 * a draft in a hidden folder and made durable there; then a hard link, which fails where a rename would overwrite, gives
 * it its name. A write that fails leaves nothing under the name, or all of it. Files have mode 0640, folders 0750, less
 * the process's umask. Safe for use by many threads and processes.
 */
public final class WriteOnceFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WriteOnceFolder.class);
    private static final String DRAFTS = ".drafts";

    private final Disk disk;
    private final Path root;
    private final Path drafts;
    private final Set<Path> preparedFolders = ConcurrentHashMap.newKeySet();

    private WriteOnceFolder(Disk disk, Path root) {
        this.disk = disk;
        this.root = root;
        this.drafts = root.resolve(DRAFTS);
    }

    /**
     * Opens a folder, making it if need be.
     *
     * @throws IOException if it cannot be made, or its names cannot be made durable
     */
    public static WriteOnceFolder open(Path folder) throws IOException {
        return open(new Disk(), folder);
    }

    static WriteOnceFolder open(Disk disk, Path folder) throws IOException {
        createDurably(disk, folder.toAbsolutePath().normalize());
        WriteOnceFolder opened = new WriteOnceFolder(disk, folder.toRealPath());
        disk.createFolder(opened.drafts);
        disk.forceFolder(opened.root);
        return opened;
    }

    private static void createDurably(Disk disk, Path folder) throws IOException {
        Path parent = folder.getParent();
        if (Files.isDirectory(folder) || parent == null) {
            return;
        }
        createDurably(disk, parent);
        disk.createFolder(folder);
        disk.forceFolder(parent);
    }

    /** The folder itself, without symbolic links. */
    public Path path() {
        return root;
    }

    /**
     * Removes drafts that dead processes left.
     *
     * @param age how long a draft must have lain still; zero if no other process can be writing
     */
    public void removeDrafts(Duration age) throws IOException {
        Instant limit = Instant.now().minus(age);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(drafts)) {
            for (Path draft : files) {
                removeIfOlder(draft, limit);
            }
        }
    }

    private static void removeIfOlder(Path draft, Instant limit) throws IOException {
        try {
            if (!Files.getLastModifiedTime(draft, LinkOption.NOFOLLOW_LINKS).toInstant().isAfter(limit)) {
                Files.deleteIfExists(draft);
            }
        } catch (NoSuchFileException gone) {
            // its writer is alive, and done
        }
    }

    /**
     * Writes a file unless its name is taken. On return what stands under the name is durable, whoever wrote it.
     *
     * @param name of the file, relative, at most one folder deep; the folder is made if need be
     * @return false if the name is taken, by whatever it may be
     * @throws IOException if the file may not be durable; it may be there all the same, whole. Another try writes it anew,
     *             for after a failed fsync the same file could look durable and not be. A folder cannot be written anew: when
     *             its fsync failed and another succeeds, the name counts as durable
     */
    public boolean write(String name, byte[] content) throws IOException {
        Path file = root.resolve(name);
        Path folder = prepared(file);
        Path draft = drafts.resolve(UUID.randomUUID().toString());
        try {
            disk.writeNew(draft, content);
            boolean written = disk.link(draft, file);
            disk.forceFolder(folder);
            return written;
        } catch (NoSuchFileException e) {
            preparedFolders.remove(folder); // removed under our feet: to be made anew
            throw e;
        } finally {
            removeDraft(draft);
        }
    }

    /** Makes durable what names stand in the folder itself. */
    public void force() throws IOException {
        disk.forceFolder(root);
    }

    /**
     * Reads a file.
     *
     * @param limitBytes of a longer file only so much is read, and one byte more
     * @return empty if nothing stands under the name
     * @throws IOException if it cannot be read, or is a symbolic link
     */
    public Optional<byte[]> read(String name, int limitBytes) throws IOException {
        try (InputStream content = Files.newInputStream(root.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(content.readNBytes(limitBytes + 1));
        } catch (NoSuchFileException nothing) {
            return Optional.empty();
        }
    }

    private Path prepared(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder == null || folder.equals(root) || preparedFolders.contains(folder)) {
            return folder == null ? root : folder;
        }
        disk.createFolder(folder);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(folder.toString());
        }
        disk.forceFolder(root);
        preparedFolders.add(folder);
        return folder;
    }

    private static void removeDraft(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            LOG.warn("A draft could not be removed; the next start will: {}", e.toString());
        }
    }
}
