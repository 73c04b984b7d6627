/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps of a durable write, each of which can fail on its own. */
class Disk {
    private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE = PosixFilePermissions
        .asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    private static final FileAttribute<Set<PosixFilePermission>> FOLDER_MODE = PosixFilePermissions
        .asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));
    private static final Set<StandardOpenOption> NEW_FILE = Set.of(StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);

    /** Writes a new file; on return its content is durable, its name is not. */
    void writeNew(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, NEW_FILE, FILE_MODE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** Gives a file a second name; false if that name is taken. */
    boolean link(Path file, Path name) throws IOException {
        try {
            Files.createLink(name, file);
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    /** Makes a folder, if it is not there. */
    void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, FOLDER_MODE);
        } catch (FileAlreadyExistsException there) {
            // as wanted
        }
    }

    /** Makes the names in a folder durable. */
    void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
