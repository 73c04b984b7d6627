/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.HsmException;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

/**
 * Customer master keys kept unwrapped for decrypt-secret, bounded in number and time. They are objects of one session that
 * does nothing else, on a thread of its own. The whole token and its context are the key of an entry. A session can be lost
 * and its handles used again for other objects without a sign; so each key has a label that no other object ever had, and
 * who used a handle asks for the label afterwards: the right label proves that the handle meant this key all the time.
 */
final class CustomerKeyCache {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerKeyCache.class);
    private static final int MOST_LOADING = 64;

    private final Cryptoki cryptoki;
    private final long slot;
    private final Sealing sealing;
    private final long domainKey;
    private final NativeThreads threads;
    private final int size;
    private final Duration time;

    // All below is guarded by this, but the session, which belongs to the keeper's thread.
    private final Map<CustomerKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<CustomerKey> loading = new HashSet<>();
    private @Nullable NativeThread keeper;
    private boolean ended;
    private volatile @Nullable Session session;

    CustomerKeyCache(Cryptoki cryptoki, long slot, Sealing sealing, long domainKey, NativeThreads threads,
            HsmSettings settings) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.sealing = sealing;
        this.domainKey = domainKey;
        this.threads = threads;
        this.size = settings.cacheSize();
        this.time = settings.cacheTime();
    }

    /** A key in the keeper's session. Users and eviction are guarded by the cache. */
    private static final class Entry {
        private final Session session;
        private final long handle;
        private final String label;
        private final long expiresNanos;
        private int users;
        private boolean evicted;

        Entry(Session session, long handle, String label, long expiresNanos) {
            this.session = session;
            this.handle = handle;
            this.label = label;
            this.expiresNanos = expiresNanos;
        }

        /** Whether the handle means this key. */
        private boolean hasItsLabel(Session asked) {
            try {
                return label.contentEquals(CharBuffer.wrap(asked.label(handle)));
            } catch (CryptokiException e) {
                if (e.meaning() == Meaning.HANDLE_INVALID || e.meaning() == Meaning.FAULT) {
                    return false;
                }
                throw e;
            }
        }
    }

    /** The right to use a key, which is not destroyed before it is closed. */
    final class Lease implements AutoCloseable {
        private final Entry entry;

        private Lease(Entry entry) {
            this.entry = entry;
        }

        long handle() {
            return entry.handle;
        }

        /** Whether the handle meant the customer's key until now; if not, the entry is gone. */
        boolean isStillThatKey(Session asked) {
            if (entry.hasItsLabel(asked)) {
                return true;
            }
            LOG.info("A cached customer key is gone from the HSM; it is unwrapped afresh");
            evict(entry);
            return false;
        }

        @Override
        public void close() {
            giveBack(entry);
        }
    }

    /** A customer's key, or null if it is not here. */
    synchronized @Nullable Lease lease(CustomerKey key) {
        Entry entry = entries.get(key);
        if (entry == null || ended) {
            return null;
        }
        if (System.nanoTime() - entry.expiresNanos >= 0) {
            evict(key);
            return null;
        }
        entry.users++;
        return new Lease(entry);
    }

    private synchronized void giveBack(Entry entry) {
        entry.users--;
        destroyIfUnused(entry);
    }

    /** Has the keeper unwrap a key for later calls; waits for nothing. */
    synchronized void load(CustomerKey key) {
        if (size > 0 && !ended && !entries.containsKey(key) && loading.size() < MOST_LOADING && loading.add(key)) {
            keeper().execute(() -> unwrap(key));
        }
    }

    synchronized int size() {
        return entries.size();
    }

    /** Destroys what was kept for long enough. */
    synchronized void evictExpired() {
        long now = System.nanoTime();
        List.copyOf(entries.entrySet())
            .stream()
            .filter(e -> now - e.getValue().expiresNanos >= 0)
            .forEach(e -> evict(e.getKey()));
    }

    /** Forgets every key; with the generation their session goes too. Calls no native function. */
    synchronized void end() {
        ended = true;
        entries.clear();
        loading.clear();
        if (keeper != null) {
            keeper.end();
        }
    }

    private NativeThread keeper() {
        NativeThread current = keeper;
        if (current == null) {
            current = threads.start("hsm-keeper", this::loseKeeper);
            keeper = current;
        }
        return current;
    }

    private synchronized void loseKeeper() {
        keeper = null;
        session = null; // the thread is stuck in it; its keys die with the generation
        loading.clear();
        entries.clear();
    }

    private synchronized void evict(Entry entry) {
        entries.values().remove(entry);
        entry.evicted = true;
    }

    private void evict(CustomerKey key) {
        Entry entry = entries.remove(key);
        if (entry != null) {
            entry.evicted = true;
            destroyIfUnused(entry);
        }
    }

    private void destroyIfUnused(Entry entry) {
        if (entry.evicted && entry.users == 0 && !ended) {
            keeper().execute(() -> destroy(entry));
        }
    }

    // From here on: the keeper's thread.

    private void unwrap(CustomerKey key) {
        String label = newLabel();
        try {
            Session own = session();
            try (Workspace workspace = new Workspace(own, () -> true)) {
                long handle = workspace.release(sealing.open(workspace, domainKey, key.token(), key.context(),
                        Templates.unwrappedCustomerKey(label.getBytes(StandardCharsets.US_ASCII))));
                keep(key, new Entry(own, handle, label, System.nanoTime() + time.toNanos()));
            }
        } catch (CryptokiException | HsmException e) {
            if (!(e instanceof CryptokiException code && code.rejectsWrapped())) {
                loseSession(e);
            }
        } finally {
            synchronized (this) {
                loading.remove(key);
            }
        }
    }

    private static String newLabel() {
        return Long.toUnsignedString(UUID.randomUUID().getLeastSignificantBits(), Character.MAX_RADIX);
    }

    private synchronized void keep(CustomerKey key, Entry entry) {
        if (ended || entry.session != session) { // the keeper was given up meanwhile
            entry.session.close();
            return;
        }
        entries.put(key, entry);
        List<CustomerKey> oldestFirst = new ArrayList<>(entries.keySet());
        oldestFirst.subList(0, Math.max(0, oldestFirst.size() - size)).forEach(this::evict);
    }

    /** Destroys a key that is there: the object may have gone with its session, and its handle may mean another one. */
    private void destroy(Entry entry) {
        if (entry.session != session) {
            return;
        }
        try {
            if (entry.hasItsLabel(entry.session)) {
                entry.session.destroy(entry.handle);
            }
        } catch (CryptokiException | HsmException e) {
            loseSession(e);
        }
    }

    private Session session() {
        Session current = session;
        if (current == null || current.lost()) {
            current = cryptoki.openUserSession(slot);
            session = current;
        }
        return current;
    }

    private void loseSession(RuntimeException why) {
        LOG.debug("The cache of customer keys is emptied: {}", why.getMessage());
        Session own;
        synchronized (this) {
            entries.clear();
            own = session;
            session = null;
        }
        if (own != null) {
            own.close();
        }
    }
}
