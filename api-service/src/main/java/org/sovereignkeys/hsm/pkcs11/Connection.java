/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.HsmConnection;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.PinRejectedException;
import org.sovereignkeys.hsm.PublicSigningKey;

/** Holds the PIN and the state; notices when the link is lost, and has another one made. */
final class Connection implements HsmConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final Duration LONGEST_TICK = Duration.ofMillis(250);
    private static final Duration SHORTEST_TICK = Duration.ofMillis(10);
    /** With no use case served for so long, it is tried whether one could be. */
    private static final Duration REHEARSED_AFTER = Duration.ofSeconds(5);
    private static final long QUIET_POLL_MILLIS = 10;
    private static final FirstKeyPermit NEVER = () -> false;

    private final HsmSettings settings;
    private final FirstKeyPermit permit;
    private final NativeThreads threads;
    private final Connector connector;
    private final Counter errors;
    private final Object opening = new Object();

    /** Written under the lock of this. */
    private volatile State state = new State(Status.CLOSED, null);
    private @Nullable Pin pin;
    /** What the HSM held when it was first opened; it must hold it whenever it comes back. */
    private @Nullable PublicSigningKey publicSigningKey;
    private @Nullable ScheduledExecutorService watch;

    private volatile boolean doubted;
    private volatile long nextAttemptNanos;
    private volatile @Nullable String lastFailure;
    private volatile String keysTrouble = "";
    private volatile boolean pinIncorrect;

    // The watch's own.
    private @Nullable CompletableFuture<Link> attempt;
    private @Nullable Probe probe;

    private record State(Status status, @Nullable Link link) {}

    private record Probe(Link link, boolean rehearsal, CompletableFuture<Boolean> answer, long startedNanos) {}

    Connection(HsmSettings settings, FirstKeyPermit permit, MeterRegistry meters) {
        this.settings = settings;
        this.permit = permit;
        this.threads = new NativeThreads(settings.stuckAfter(), settings.sessions());
        this.connector = new Connector(settings, threads, meters);
        errors = Counter.builder("sovereign_keys.hsm.errors")
            .description("Failures that lie with the HSM or the way to it, and attempts in vain to get it back")
            .register(meters);
        Gauge.builder("sovereign_keys.hsm.sessions.busy", this, c -> c.count(link -> link.pool().inUse()))
            .description("HSM sessions that serve a call")
            .register(meters);
        Gauge.builder("sovereign_keys.hsm.customer_keys.cached", this, c -> c.count(link -> link.cache().size()))
            .description("Customer master keys that lie unwrapped in the HSM")
            .register(meters);
        Gauge.builder("sovereign_keys.hsm.threads.stuck", threads, NativeThreads::givenUp)
            .description("Native calls that never returned, with their thread and session")
            .register(meters);
    }

    @FunctionalInterface
    private interface Count {
        int of(Link link);
    }

    private int count(Count what) {
        Link link = state.link();
        return link == null ? 0 : what.of(link);
    }

    @Override
    public void open(Pin given) {
        synchronized (opening) {
            if (status() == Status.READY || status() == Status.RECOVERING) {
                throw new IllegalStateException("the connection to the HSM is open");
            }
            if (status() == Status.WRONG_KEYS) {
                throw new HsmKeysException(keysTrouble, null);
            }
            Dialect.of(settings.type()).requireForm(given);
            startWatch();
            Pin held = given.copy();
            try {
                become(await(connector.connect(held, wasOpen() ? NEVER : permit, this::failed)), held);
            } catch (HsmKeysException e) {
                held.destroy();
                if (wasOpen()) {
                    refuseKeys(String.valueOf(e.getMessage()));
                }
                throw e;
            } catch (RuntimeException e) {
                held.destroy();
                throw e;
            }
            LOG.info("The HSM is open");
        }
    }

    private Link await(CompletableFuture<Link> result) {
        try {
            return result.get(settings.stuckAfter().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Failures.rethrown(e);
        } catch (TimeoutException | InterruptedException e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            HsmUnavailableException late = new HsmUnavailableException(
                    "The HSM did not answer the login within " + settings.stuckAfter().toSeconds() + " s", e);
            if (result.completeExceptionally(late)) {
                throw late;
            }
            return result.join(); // it came at the last moment
        }
    }

    private void become(Link link, Pin held) {
        requireSameKeys(link);
        synchronized (this) {
            pin = held;
            publicSigningKey = link.keys().publicSigningKey();
            state = new State(Status.READY, link);
        }
    }

    private synchronized boolean wasOpen() {
        return publicSigningKey != null;
    }

    /** A token with other keys would seal what nobody opens again; with the pair the domain key is another one too. */
    private void requireSameKeys(Link link) {
        PublicSigningKey before;
        synchronized (this) {
            before = publicSigningKey;
        }
        if (before != null && !before.equals(link.keys().publicSigningKey())) {
            link.end(new HsmUnavailableException("The HSM came back with other keys", null));
            throw new HsmKeysException("The HSM came back with another sig_key than the one this node worked with,"
                    + " so its domain_key is another one too: is this the right slot, partition or token?", null);
        }
    }

    @Override
    public Status status() {
        return state.status();
    }

    @Override
    public boolean isPinIncorrect() {
        return pinIncorrect;
    }

    @Override
    public String keysTrouble() {
        return keysTrouble;
    }

    /** The link, while the HSM is there. */
    Link link() {
        State current = state;
        if (current.link() != null) {
            return current.link();
        }
        throw new HsmUnavailableException(switch (current.status()) {
            case PIN_REFUSED -> "The HSM refused the PIN when it came back; give it the right one";
            case RECOVERING, READY -> "The HSM is away; the service tries to reach it again";
            case WRONG_KEYS -> "The HSM came back with other keys; the node ends";
            case CLOSED -> "The HSM is not open; its PIN is missing";
        }, null);
    }

    /** The public key, which does not change while the HSM is away. */
    synchronized PublicSigningKey publicSigningKey() {
        if (publicSigningKey == null) {
            return link().keys().publicSigningKey();
        }
        return publicSigningKey;
    }

    @Override
    public void close() {
        synchronized (opening) {
            Link link = forget();
            if (link != null) {
                awaitQuiet(link);
                link.end(new HsmUnavailableException("The connection to the HSM was closed", null));
            }
            try {
                connector.disconnect().get(settings.callTimeout().toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("The HSM was left without a proper end: {}", String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            connector.end();
            stopWatch();
        }
    }

    private synchronized @Nullable Link forget() {
        Link link = state.link();
        state = new State(Status.CLOSED, null);
        publicSigningKey = null;
        destroyPin();
        return link;
    }

    private void destroyPin() {
        if (pin != null) {
            pin.destroy();
            pin = null;
        }
    }

    private void awaitQuiet(Link link) {
        long deadline = System.nanoTime() + settings.callTimeout().toNanos();
        try {
            while (link.pool().inUse() > 0 && System.nanoTime() - deadline < 0) {
                Thread.sleep(QUIET_POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hears of every failed call that may concern more than its session. */
    private void failed(Link link, CryptokiException failure) {
        switch (failure.meaning()) {
            case DEVICE_LOST, LOGIN_LOST, HANDLE_INVALID -> lose(link, String.valueOf(failure.getMessage()));
            case DOUBTFUL, SESSION_LOST, FAULT -> {
                errors.increment();
                doubted = true;
                wakeWatch();
            }
            case BUSY, PIN_REFUSED, ALREADY_LOGGED_IN, DATA_REJECTED, KEY_REFUSED -> {
            }
        }
    }

    private void lose(Link link, String reason) {
        synchronized (this) {
            if (state.link() != link) {
                return;
            }
            state = new State(Status.RECOVERING, null);
            nextAttemptNanos = System.nanoTime();
            lastFailure = null;
        }
        errors.increment();
        LOG.warn("The HSM is lost, and is sought again: {}", reason);
        link.end(new HsmUnavailableException("The HSM was lost during the call: " + reason, null));
        wakeWatch();
    }

    private synchronized void startWatch() {
        if (watch != null) {
            return;
        }
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                work -> Thread.ofPlatform().daemon().name("hsm-watch").unstarted(work));
        Duration tick = settings.probeInterval().dividedBy(4);
        tick = tick.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : tick;
        tick = tick.compareTo(SHORTEST_TICK) < 0 ? SHORTEST_TICK : tick;
        var ignored = started.scheduleWithFixedDelay(this::tick, 0, tick.toNanos(), TimeUnit.NANOSECONDS);
        watch = started;
    }

    private synchronized void wakeWatch() {
        if (watch != null) {
            watch.execute(this::tick);
        }
    }

    private synchronized void stopWatch() {
        if (watch != null) {
            watch.shutdown();
            watch = null;
        }
    }

    // From here on: the watch's thread.

    private void tick() {
        try {
            threads.giveUpStuck();
            State current = state;
            if (current.link() != null) {
                current.link().cache().evictExpired();
                look(current.link());
            } else if (current.status() == Status.RECOVERING) {
                recover();
            }
        } catch (RuntimeException e) {
            LOG.error("The watch over the HSM failed by a bug, and goes on", e);
        }
    }

    private void look(Link link) {
        long now = System.nanoTime();
        Probe current = probe;
        if (current != null && current.link() == link && !current.answer().isDone()) {
            if (now - current.startedNanos() > settings.callTimeout().toNanos()
                    && lastSign(current) - current.startedNanos() < 0) {
                connector.giveUpThread();
                lose(link, "it does not answer");
            }
            return;
        }
        boolean rehearsal = doubted || now - link.lastServedNanos() > REHEARSED_AFTER.toNanos();
        boolean idle = now - link.lastAnswerNanos() > settings.probeInterval().toNanos();
        if (idle || rehearsal) {
            doubted = false;
            CompletableFuture<Boolean> answer = connector.probe(link, rehearsal).whenComplete((done, failure) -> {
                boolean servedMeanwhile = rehearsal && link.lastServedNanos() - now > 0;
                if (failure != null && !servedMeanwhile) {
                    lose(link, String.valueOf(failure.getMessage()));
                }
            });
            probe = new Probe(link, rehearsal, answer, now);
        }
    }

    /** A hanging function does not keep others from answering, so during a rehearsal only a whole use case counts. */
    private static long lastSign(Probe probe) {
        return probe.rehearsal() ? probe.link().lastServedNanos() : probe.link().lastAnswerNanos();
    }

    private void recover() {
        if ((attempt != null && !attempt.isDone()) || System.nanoTime() - nextAttemptNanos < 0) {
            return;
        }
        Pin held = heldPin();
        if (held != null) {
            attempt = connector.connect(held, NEVER, this::failed)
                .whenComplete((link, failure) -> recovered(held, link, failure));
        }
    }

    private synchronized @Nullable Pin heldPin() {
        return pin == null ? null : pin.copy();
    }

    private void recovered(Pin held, @Nullable Link link, @Nullable Throwable failure) {
        held.destroy();
        if (failure != null) {
            errors.increment();
        }
        if (link != null) {
            try {
                requireSameKeys(link);
                resume(link);
            } catch (HsmKeysException e) {
                refuseKeys(String.valueOf(e.getMessage()));
            }
        } else if (failure instanceof HsmKeysException) {
            refuseKeys(String.valueOf(failure.getMessage()));
        } else if (failure instanceof PinRejectedException refusal) {
            LOG.error("The HSM came back and refuses the PIN, which is forgotten: {}", refusal.getMessage());
            refusePin(refusal.isIncorrect());
        } else if (failure != null) {
            nextAttemptNanos = System.nanoTime() + settings.probeInterval().toNanos();
            String message = String.valueOf(failure.getMessage());
            if (!message.equals(lastFailure)) {
                LOG.warn("The HSM is still away, and is tried again every {} ms: {}",
                        settings.probeInterval().toMillis(), message);
                lastFailure = message;
            }
        }
    }

    private void resume(Link link) {
        synchronized (this) {
            if (state.status() == Status.RECOVERING) {
                state = new State(Status.READY, link);
                LOG.info("The HSM is back");
                return;
            }
        }
        link.end(new HsmUnavailableException("The connection to the HSM was closed", null));
    }

    private synchronized void refuseKeys(String trouble) {
        if (state.status() != Status.CLOSED) {
            LOG.error("The HSM is used no more: {}", trouble);
            keysTrouble = trouble; // before the state: who sees the state asks for this
            state = new State(Status.WRONG_KEYS, null);
            destroyPin();
        }
    }

    private synchronized void refusePin(boolean incorrect) {
        if (state.status() == Status.RECOVERING) {
            pinIncorrect = incorrect; // before the state: who sees the state asks for this
            state = new State(Status.PIN_REFUSED, null);
            destroyPin();
        }
    }
}
