/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.durable.WriteOnceFolder;
import org.sovereignkeys.hsm.WrappedBlob;

/**
 * Tokens as files {@code {name}.ekt}. Beside each, once it is durable, a marker {@code .written/{name}} says that it was
 * there: so a token that was removed is missed, and no second one is made. A crash between the two leaves a token without
 * marker, which the next reader marks; a marker without token never comes of a crash.
 */
final class FileEncryptedKeyTokenStore implements EncryptedKeyTokenStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileEncryptedKeyTokenStore.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final String SUFFIX = ".ekt";
    private static final String MARKERS = ".written";
    private static final Duration DRAFT_AGE = Duration.ofHours(1);

    private final WriteOnceFolder folder;
    private final Set<String> marked = ConcurrentHashMap.newKeySet();

    private FileEncryptedKeyTokenStore(WriteOnceFolder folder) {
        this.folder = folder;
    }

    /** Opens a store; throws {@link IllegalStateException} if the folder cannot be used. */
    static FileEncryptedKeyTokenStore open(Path path) {
        try {
            WriteOnceFolder folder = WriteOnceFolder.open(path);
            folder.removeDrafts(DRAFT_AGE);
            return new FileEncryptedKeyTokenStore(folder);
        } catch (IOException e) {
            throw new IllegalStateException("The folder of customer keys " + path + " cannot be used: " + e, e);
        }
    }

    @Override
    public Optional<WrappedBlob> find(String name) {
        requireName(name);
        try {
            Optional<WrappedBlob> token = read(name);
            if (token.isEmpty() && isMarked(name)) {
                token = read(name); // both may have come since
                if (token.isEmpty()) {
                    throw new EncryptedKeyTokenException("The key token " + name
                            + " was there and is gone. Restore it: without it the customer's volumes are lost.", null);
                }
            }
            if (token.isPresent()) {
                mark(name);
            }
            return token;
        } catch (IOException e) {
            throw new EncryptedKeyTokenException("The key token " + name + " cannot be read: " + e, e);
        }
    }

    @Override
    public WrappedBlob putIfAbsent(String name, WrappedBlob token) {
        if (find(name).isEmpty()) {
            try {
                folder.write(name + SUFFIX, token.bytes());
            } catch (IOException e) {
                throw new EncryptedKeyTokenException("The key token " + name + " cannot be written: " + e, e);
            }
        }
        return find(name)
            .orElseThrow(() -> new EncryptedKeyTokenException("The key token " + name + " vanished", null));
    }

    @Override
    public boolean isEmpty() {
        try {
            return !anyIn(folder.path(), "*" + SUFFIX) && !anyIn(folder.path().resolve(MARKERS), "*");
        } catch (IOException | DirectoryIteratorException e) {
            throw new EncryptedKeyTokenException("The key tokens cannot be listed: " + e, e);
        }
    }

    private static boolean anyIn(Path folder, String glob) throws IOException {
        if (!Files.exists(folder)) {
            return false;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder, glob)) {
            return names.iterator().hasNext();
        }
    }

    private Optional<WrappedBlob> read(String name) throws IOException {
        Optional<byte[]> content = folder.read(name + SUFFIX, WrappedBlob.SIZE_BYTES);
        if (content.isPresent() && content.get().length != WrappedBlob.SIZE_BYTES) {
            throw new EncryptedKeyTokenException("The key token " + name + " is spoilt: it has not "
                    + WrappedBlob.SIZE_BYTES + " bytes. Restore it.", null);
        }
        return content.map(WrappedBlob::new);
    }

    private boolean isMarked(String name) {
        return Files.exists(folder.path().resolve(MARKERS).resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes sure that a token that was read is durable before it is used, and that it will be missed. */
    private void mark(String name) throws IOException {
        if (marked.contains(name)) {
            return;
        }
        if (!isMarked(name)) {
            folder.force();
            try {
                folder.write(MARKERS + "/" + name, new byte[0]);
            } catch (IOException e) {
                LOG.warn("The key token {} could not be marked as written; the next reader tries: {}", name,
                        e.toString());
                return;
            }
        }
        marked.add(name);
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a key token");
        }
    }
}
