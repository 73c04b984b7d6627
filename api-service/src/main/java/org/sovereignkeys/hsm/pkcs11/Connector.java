/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

/** Makes, probes and ends links, one after the other on a thread of its own. */
final class Connector {
    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);
    private static final long FORMER_CALLS_END_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long POLL_MILLIS = 5;

    private final Dialect dialect;
    private final HsmSettings settings;
    private final NativeThreads threads;
    private final MeterRegistry meters;
    private final Library library;
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private volatile @Nullable NativeThread thread;
    private volatile @Nullable Cryptoki generation;

    Connector(HsmSettings settings, NativeThreads threads, MeterRegistry meters) {
        this.dialect = Dialect.of(settings.type());
        this.settings = settings;
        this.threads = threads;
        this.meters = meters;
        this.library = new Library(settings.library() == null ? dialect.defaultLibrary() : settings.library());
    }

    /** Makes a link once the former one is over; a link that nobody waits for any more is ended at once. */
    CompletableFuture<Link> connect(Pin pin, FirstKeyPermit permit, BiConsumer<Link, CryptokiException> whenFailed) {
        return submit(() -> connectNow(pin, permit, whenFailed),
                link -> link.end(new HsmUnavailableException("The HSM's login came too late", null)));
    }

    CompletableFuture<Boolean> probe(Link link, boolean rehearsal) {
        return submit(() -> {
            link.probe(rehearsal);
            return true;
        }, done -> {});
    }

    /** Logs out, closes every session, and finalises the library unless a call is stuck in it. */
    CompletableFuture<Boolean> disconnect() {
        return submit(() -> {
            releaseFormer();
            if (!threads.anyInCall()) {
                library.finish();
            }
            return true;
        }, done -> {});
    }

    /** Does without the thread, whose call does not return. */
    void giveUpThread() {
        NativeThread stuck = thread;
        if (stuck != null && !stuck.givenUp()) {
            stuck.giveUp();
        }
    }

    /** Lets the thread end after what it does now. */
    synchronized void end() {
        NativeThread current = thread;
        thread = null;
        if (current != null) {
            current.end();
        }
    }

    private synchronized <T> CompletableFuture<T> submit(Supplier<T> work, Consumer<T> whenTooLate) {
        CompletableFuture<T> result = new CompletableFuture<>();
        NativeThread current = thread;
        if (current == null) {
            current = threads.start("hsm-connector", this::forgetThread);
            thread = current;
        }
        pending.add(result);
        current.execute(() -> {
            try {
                T value = work.get();
                if (!result.complete(value)) {
                    whenTooLate.accept(value);
                }
            } catch (Throwable e) { // an Error too must reach the caller
                result.completeExceptionally(Failures.translated(e));
            } finally {
                pending.removeIf(CompletableFuture::isDone);
            }
        });
        return result;
    }

    /** What was asked of the thread that was given up is answered with a failure, so that it can be asked again. */
    private void forgetThread() {
        List<CompletableFuture<?>> unanswered;
        synchronized (this) {
            thread = null;
            unanswered = List.copyOf(pending);
            pending.clear();
        }
        unanswered.forEach(result -> result
            .completeExceptionally(new HsmUnavailableException("The HSM's library does not answer", null)));
    }

    // From here on: the connector's thread.

    private Link connectNow(Pin pin, FirstKeyPermit permit, BiConsumer<Link, CryptokiException> whenFailed) {
        releaseFormer();
        boolean fresh = !library.isInitialised();
        try {
            return open(pin, permit, whenFailed);
        } catch (CryptokiException | HsmUnavailableException e) {
            if (fresh || !mayHelpToInitialise(e)) {
                throw e;
            }
            LOG.debug("The library is initialised again, because: {}", e.getMessage());
            library.finish();
            return open(pin, permit, whenFailed);
        }
    }

    private boolean mayHelpToInitialise(RuntimeException failure) {
        if (failure instanceof CryptokiException code && code.meaning() == Meaning.PIN_REFUSED) {
            return false;
        }
        return !threads.anyInCall() && !NativeThread.current().givenUp();
    }

    private Link open(Pin pin, FirstKeyPermit permit, BiConsumer<Link, CryptokiException> whenFailed) {
        Cryptoki cryptoki = new Cryptoki(library.get(), meters);
        if (NativeThread.current().givenUp()) {
            throw new HsmUnavailableException("The HSM's library was initialised too late", null);
        }
        generation = cryptoki;
        return Link.open(cryptoki, dialect, settings, threads, pin, permit, whenFailed);
    }

    /** Ends the former generation for good, so that its handles cannot meet those of the next one. */
    private void releaseFormer() {
        Cryptoki former = generation;
        if (former == null) {
            return;
        }
        former.end();
        long deadline = System.nanoTime() + FORMER_CALLS_END_WITHIN_NANOS;
        while (threads.anyLiveInCall()) {
            if (System.nanoTime() - deadline > 0) {
                throw new HsmUnavailableException("Calls of the lost connection are still inside the HSM's library",
                        null);
            }
            pause();
        }
        former.release();
        generation = null;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HsmUnavailableException("Interrupted", e);
        }
    }
}
