/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.NumberRange;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.durable.WriteOnceFolder;

/** Entries as files {@code {vpc_id}/{number, 9 digits}.json} in a folder that belongs to this process. */
final class FileAuditStore implements AuditStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileAuditStore.class);
    private static final int MAX_ENTRY_SIZE_BYTES = 64 * 1024;

    private final WriteOnceFolder folder;
    private final FolderLock lock;
    private final EntryFiles entries = new EntryFiles();

    private FileAuditStore(WriteOnceFolder folder, FolderLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Opens a log, and removes what a killed process left half-written beside it.
     *
     * @throws IllegalStateException if the folder cannot be used, or another process writes to it
     */
    static FileAuditStore open(Path path) {
        FolderLock lock = null;
        try {
            WriteOnceFolder folder = WriteOnceFolder.open(path);
            lock = FolderLock.acquire(folder.path());
            folder.removeDrafts(Duration.ZERO);
            return new FileAuditStore(folder, lock);
        } catch (IOException e) {
            if (lock != null) {
                lock.close();
            }
            throw new IllegalStateException("The audit log's folder " + path + " cannot be used: " + e, e);
        }
    }

    @Override
    public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
        if (number < 1 || number > MAX_NUMBER) {
            throw new AuditUnavailableException("The log of " + vpcId + " has no room for number " + number, null);
        }
        return attempt("stored", vpcId, () -> folder.write(name(vpcId, number), json) ? Put.STORED : Put.TAKEN);
    }

    @Override
    public Optional<byte[]> read(VpcId vpcId, long number) {
        String name = name(vpcId, number);
        if (!Files.isRegularFile(folder.path().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return attempt("read", vpcId, () -> folder.read(name, MAX_ENTRY_SIZE_BYTES));
    }

    @Override
    public Tail tail(VpcId vpcId) {
        return attempt("listed", vpcId, () -> {
            AtomicLong highest = new AtomicLong();
            entries.forEachNumber(path(vpcId), number -> highest.accumulateAndGet(number, Math::max));
            Tail whole = new Tail(highest.get(), List.of());
            return new Tail(highest.get(),
                    LongStream.range(whole.first(), highest.get())
                        .filter(number -> !Files.exists(folder.path().resolve(name(vpcId, number)),
                                LinkOption.NOFOLLOW_LINKS))
                        .boxed()
                        .toList());
        });
    }

    @Override
    public List<NumberRange> holesBefore(VpcId vpcId, long end) {
        return attempt("listed", vpcId, () -> {
            BitSet written = new BitSet();
            entries.forEachNumber(path(vpcId), number -> written.set((int) number));
            List<NumberRange> holes = new ArrayList<>();
            int last = (int) Math.min(end, MAX_NUMBER + 1) - 1;
            for (int hole = written.nextClearBit(1); hole <= last; hole = written.nextClearBit(hole)) {
                int first = hole;
                int next = written.nextSetBit(hole);
                hole = next < 0 || next > last ? last + 1 : next;
                holes.add(new NumberRange(first, hole - 1L));
            }
            return holes;
        });
    }

    @Override
    public Set<VpcId> vpcIds() {
        Set<VpcId> found = new HashSet<>();
        int foreign = 0;
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder.path())) {
            for (Path name : names) {
                String text = name.getFileName().toString();
                if (VpcId.isValid(text)) {
                    found.add(new VpcId(text));
                } else if (!text.startsWith(".")) {
                    foreign++;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new AuditUnavailableException("The audit log cannot be listed: " + e, e);
        }
        if (foreign > 0) {
            LOG.warn("{} names in {} are not those of VPCs; they are ignored", foreign, folder.path());
        }
        return found;
    }

    @Override
    public void close() {
        lock.close();
    }

    private Path path(VpcId vpcId) {
        return folder.path().resolve(vpcId.value());
    }

    private static String name(VpcId vpcId, long number) {
        return vpcId.value() + "/" + EntryFiles.name(number);
    }

    private static <T> T attempt(String deed, VpcId vpcId, Work<T> work) {
        try {
            return work.run();
        } catch (IOException | DirectoryIteratorException e) {
            throw new AuditUnavailableException("Entries of " + vpcId + " cannot be " + deed + ": " + e, e);
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }
}
