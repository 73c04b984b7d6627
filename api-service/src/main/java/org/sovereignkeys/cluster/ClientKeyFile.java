/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

import org.sovereignkeys.certificate.KeyPairCheck;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.configuration.SovereignKeysSettings;

/** The file in which the HSM's client library looks for its private key. It lies on a RAM file system only. */
@Component
class ClientKeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(ClientKeyFile.class);
    private static final Set<String> RAM_FILE_SYSTEMS = Set.of("tmpfs", "ramfs");
    private static final String SANDBOX = "sandbox";
    private static final int MAX_SIZE_BYTES = 64 * 1024;

    private final @Nullable Path file;
    private final @Nullable PublicKey certified;

    ClientKeyFile(SovereignKeysSettings settings, Environment environment) {
        this.file = settings.clientKeyFile() == null ? null : settings.clientKeyFile().toAbsolutePath();
        this.certified = settings.clientCertificate() == null ? null : certifiedKey(settings.clientCertificate());
        if (file != null) {
            requireRamFileSystem(file, environment.acceptsProfiles(Profiles.of(SANDBOX)));
        }
    }

    /** Whether the HSM client needs a key at all. */
    boolean isWanted() {
        return file != null;
    }

    /** The key that lies there, left by an earlier process of this node, if it is one that would be taken. */
    Optional<ClientKey> existing() {
        if (file == null || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        byte[] pem = new byte[0];
        try (InputStream in = Files.newInputStream(file)) {
            pem = in.readNBytes(MAX_SIZE_BYTES);
            check(pem);
            return Optional.of(ClientKey.of(pem));
        } catch (IOException | ClusterException e) {
            LOG.warn("what lies in {} cannot be used as client key, and waits to be replaced: {}", file,
                    e.getMessage());
            return Optional.empty();
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    /** Throws {@link ClusterException} unless this is a private key, and the one of the certificate. */
    void check(ClientKey key) {
        byte[] pem = key.copyOfSecretBytes();
        try {
            check(pem);
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    /** Puts the key in place, mode 0600, whole or not at all. Throws {@link ClusterException} when it cannot be written. */
    void write(ClientKey key) {
        if (file == null) {
            throw new IllegalStateException("no client key is wanted");
        }
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        byte[] pem = key.copyOfSecretBytes();
        try {
            try (FileChannel channel = FileChannel.open(temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer content = ByteBuffer.wrap(pem);
                while (content.hasRemaining()) {
                    channel.write(content);
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw ClusterException.unavailable("The client key could not be written to " + file + " (" + e + ").", e);
        } finally {
            Arrays.fill(pem, (byte) 0);
            deleteQuietly(temporary);
        }
    }

    private void check(byte[] pem) {
        PrivateKey key = PrivateKeyPem.read(pem);
        if (certified != null && !KeyPairCheck.belongTogether(key, certified)) {
            throw ClusterException.refused("The client key does not belong to the configured client certificate.");
        }
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            LOG.warn("{} holds the client key and could not be removed: {}", temporary, e.toString());
        }
    }

    private static PublicKey certifiedKey(Path certificate) {
        try (InputStream in = Files.newInputStream(certificate)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in).getPublicKey();
        } catch (IOException | CertificateException e) {
            throw new InvalidSettingException("client-certificate",
                    certificate + " cannot be read as a certificate: " + e);
        }
    }

    private static void requireRamFileSystem(Path file, boolean sandbox) {
        Path folder = file.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InvalidSettingException("client-key-file", "the folder of " + file + " does not exist");
        }
        String type;
        try {
            type = Files.getFileStore(folder).type();
        } catch (IOException e) {
            throw new InvalidSettingException("client-key-file",
                    "the file system of " + folder + " is not known: " + e);
        }
        if (RAM_FILE_SYSTEMS.contains(type)) {
            return;
        }
        if (!sandbox) {
            throw new InvalidSettingException("client-key-file", folder + " is on " + type
                    + "; the key may lie on tmpfs or ramfs only, unless the profile " + SANDBOX + " is on");
        }
        LOG.warn("sandbox: the client key will be written to {}, which is on {} and may keep it for ever", file, type);
    }
}
