/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The emulator, where it checks what AWS does: which roles there are, with which external id they may be assumed, and that
 * a session of one may put objects into one bucket, and no more.
 */
public final class StrictAws {
    private final Path roleFile;
    private final AwsServer server;
    private final List<String> roles = new ArrayList<>();

    private StrictAws(Path roleFile, AwsServer server) {
        this.roleFile = roleFile;
        this.server = server;
    }

    /** Starts an emulator that knows no roles. */
    public static StrictAws start() {
        try {
            Path folder = Files.createTempDirectory("strict-aws");
            folder.toFile().deleteOnExit();
            Path roleFile = folder.resolve("roles.json");
            roleFile.toFile().deleteOnExit();
            Files.writeString(roleFile, "[]");
            return new StrictAws(roleFile, AwsServer.strictMoto(roleFile));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public AwsServer server() {
        return server;
    }

    /**
     * Makes a role.
     *
     * @param externalId that must be given when it is assumed; null for none
     * @param bucket into which its session may put objects
     */
    public synchronized void addRole(String arn, @Nullable String externalId, String bucket) {
        roles.add(externalId == null
                ? "{\"arn\": \"%s\", \"bucket\": \"%s\"}".formatted(arn, bucket)
                : "{\"arn\": \"%s\", \"externalId\": \"%s\", \"bucket\": \"%s\"}".formatted(arn, externalId, bucket));
        write();
    }

    /** Removes all roles. */
    public synchronized void removeRoles() {
        roles.clear();
        write();
    }

    private void write() {
        try {
            Path next = roleFile.resolveSibling("next.json");
            Files.writeString(next, "[" + String.join(", ", roles) + "]");
            Files.move(next, roleFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
