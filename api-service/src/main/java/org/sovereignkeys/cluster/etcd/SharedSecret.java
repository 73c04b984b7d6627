/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

import io.etcd.jetcd.KeyValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.hsm.SecretBytes;

/** A secret as this node has it, and what the node knows of the one in etcd. */
final class SharedSecret<S extends SecretBytes> {
    private static final Logger LOG = LoggerFactory.getLogger(SharedSecret.class);
    private static final long UNKNOWN = -1;

    private final String key;
    private final SharedKeys etcd;
    private final Function<byte[], S> maker;

    private @Nullable S secret;
    private @Nullable UUID push;
    /** Whether this node works with it: then it is kept whatever becomes of the one in etcd. */
    private boolean inUse;
    /** Revision of what was last read or written in etcd; 0 if there was nothing. */
    private long revision = UNKNOWN;
    /** Whether what has that revision is another secret than ours. */
    private boolean another;

    /**
     * @param maker makes one of bytes, of which it takes a copy
     */
    SharedSecret(String key, SharedKeys etcd, Function<byte[], S> maker) {
        this.key = key;
        this.etcd = etcd;
        this.maker = maker;
    }

    /** What this node has, or saw in etcd. */
    synchronized <T> Optional<T> copy(BiFunction<S, UUID, T> copier) {
        return secret == null || push == null ? Optional.empty() : Optional.of(copier.apply(secret, push));
    }

    /** Keeps a copy, with which this node works. */
    synchronized void keep(S kept, UUID keptPush) {
        if (secret == null || !secret.matches(kept)) {
            replace(kept, keptPush);
            revision = UNKNOWN;
        }
        inUse = true;
    }

    /**
     * Writes a secret if there is none in etcd, and keeps it then.
     *
     * @return whether it stands there under this push; a look at etcd may have put it there, once it was kept
     */
    boolean create(S offered, UUID offeredPush) {
        if (put(offered, offeredPush)) {
            return true;
        }
        etcd.read(key).ifPresent(this::read);
        return isSharedAs(offeredPush);
    }

    private boolean put(S offered, UUID offeredPush) {
        byte[] value = SecretForm.encode(offeredPush, offered);
        try {
            OptionalLong written = etcd.create(key, value);
            written.ifPresent(at -> written(offered, offeredPush, at));
            return written.isPresent();
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    private synchronized boolean isSharedAs(UUID wanted) {
        return isShared() && wanted.equals(push);
    }

    private synchronized void written(S offered, UUID offeredPush, long at) {
        keep(offered, offeredPush);
        push = offeredPush;
        revision = at;
        another = false;
    }

    synchronized boolean isShared() {
        return revision > 0 && !another;
    }

    /** Keeps up with etcd, where the secret has this revision now. */
    void follow(long there, boolean putBack) {
        if (there == 0) {
            missing(putBack);
        } else if (there != knownRevision()) {
            etcd.read(key).ifPresent(this::read);
        }
    }

    private void missing(boolean putBack) {
        S mine;
        UUID minePush;
        synchronized (this) {
            revision = 0;
            another = false;
            if (!inUse) {
                forget();
            }
            if (secret == null || push == null || !putBack) {
                return;
            }
            mine = copyOf(secret);
            minePush = push;
        }
        try {
            if (put(mine, minePush)) {
                LOG.warn("{} was not in etcd; this node has put there what it works with", key);
            }
        } finally {
            mine.destroy();
        }
    }

    private synchronized void read(KeyValue found) {
        revision = found.getModRevision();
        another = true;
        byte[] value = found.getValue().getBytes();
        try {
            if (SecretForm.fits(value)) {
                compare(value);
            } else {
                LOG.error("{} in etcd is not of the form in which nodes write it", key);
            }
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    private void compare(byte[] value) {
        S theirs = made(SecretForm.secret(value));
        try {
            compare(theirs, SecretForm.push(value));
        } finally {
            theirs.destroy();
        }
    }

    private void compare(S theirs, UUID theirPush) {
        if (!inUse) {
            replace(theirs, theirPush);
            another = false;
        } else if (secret != null && secret.matches(theirs)) {
            push = theirPush;
            another = false;
        } else {
            LOG.error("{} in etcd is not what this node works with; the node keeps its own", key);
        }
    }

    /** Ends the use of a secret; says whether it is the one in etcd, as far as is known. */
    synchronized boolean release(UUID released) {
        if (!released.equals(push)) {
            return false;
        }
        inUse = false;
        if (!isShared()) {
            forget();
            revision = UNKNOWN;
            return false;
        }
        return true;
    }

    /** etcd has begun to count anew: its revisions say nothing of what was read before. */
    synchronized void distrustRevision() {
        revision = UNKNOWN;
    }

    /** It was removed from etcd. */
    synchronized void removed(UUID removed) {
        if (removed.equals(push) && !inUse) {
            forget();
            revision = UNKNOWN;
        }
    }

    synchronized void forget() {
        if (secret != null) {
            secret.destroy();
        }
        secret = null;
        push = null;
        inUse = false;
    }

    private synchronized long knownRevision() {
        return revision;
    }

    private void replace(S other, UUID otherPush) {
        if (secret != null) {
            secret.destroy();
        }
        secret = copyOf(other);
        push = otherPush;
    }

    private S copyOf(S original) {
        return made(original.copyOfSecretBytes());
    }

    /** Makes a secret of bytes, and wipes these. */
    private S made(byte[] bytes) {
        try {
            return maker.apply(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
