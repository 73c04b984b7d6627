/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a folder for this process: a locked file in it, which the system unlocks when the process dies. */
final class FolderLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock; throws {@link IllegalStateException} if another process, or another part of this one, has it. */
    static FolderLock acquire(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(folder.resolve(".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        if (!locked(channel)) {
            channel.close();
            throw new IllegalStateException("Another process writes to the audit log in " + folder
                    + ": a log folder belongs to one process. Stop that one, or give this one a folder of its own.");
        }
        return new FolderLock(channel);
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldHere) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("The audit log's lock could not be given back: {}", e.toString());
        }
    }
}
