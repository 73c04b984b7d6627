/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** A folder that nobody else reads, on a file system that lies in RAM. Its files are replaced as a whole. */
public final class RamStore {
    private static final Set<String> IN_RAM = Set.of("tmpfs", "ramfs");
    private static final FileAttribute<?> FOR_US = PosixFilePermissions
        .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> FOLDER_FOR_US = PosixFilePermissions
        .asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path folder;

    /**
     * Makes the folder where it is missing.
     *
     * @param onDisk whether it may lie elsewhere than in RAM
     * @throws IOException if it lies elsewhere, or cannot be made
     */
    public RamStore(Path folder, boolean onDisk) throws IOException {
        Path absolute = folder.toAbsolutePath();
        if (!Files.isDirectory(absolute)) {
            Files.createDirectory(absolute, FOLDER_FOR_US);
        }
        String type = Files.getFileStore(absolute).type();
        if (!onDisk && !IN_RAM.contains(type)) {
            throw new IOException(absolute + " lies on " + type + ", not in RAM (tmpfs or ramfs)");
        }
        Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rwx------"));
        this.folder = absolute;
    }

    public Path path(String name) {
        return folder.resolve(name);
    }

    /** Puts a file in its place, for this user alone. */
    public void write(String name, byte[] content) {
        Path draft = path(name + ".new");
        try {
            Files.deleteIfExists(draft);
            Files.createFile(draft, FOR_US);
            Files.write(draft, content);
            Files.move(draft, path(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<byte[]> read(String name) {
        try {
            return Optional.of(Files.readAllBytes(path(name)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void delete(String name) {
        try {
            Files.deleteIfExists(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a file, and what it held before. */
    public void wipe(String name) {
        Path file = path(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(Math.toIntExact(channel.size())));
        } catch (NoSuchFileException _) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        delete(name);
    }

    /** Deletes a folder with all that is in it; what goes meanwhile does not matter. */
    public void deleteFolder(String name) {
        Path top = path(name);
        if (!Files.exists(top)) {
            return;
        }
        try {
            Files.walkFileTree(top, new Deleter());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Deleter extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
