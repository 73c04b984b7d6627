/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import org.sovereignkeys.hsm.FirstKeysPendingException;
import org.sovereignkeys.hsm.HsmConnection;
import org.sovereignkeys.hsm.HsmException;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.PinRejectedException;

/**
 * This node: takes its two secrets in their order, from an operator or from the other nodes, opens the HSM with them, and
 * says where it stands.
 */
@Component
public class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final ClusterSecrets secrets;
    private final ClientKeyFile keyFile;
    private final HsmConnection hsm;
    private final ApplicationEventPublisher events;
    private final ReentrantLock ceremony = new ReentrantLock();
    private volatile boolean clientKeyInPlace;
    /** What is waited for while the HSM is not open. */
    private volatile NodeState whileClosed = NodeState.WAITING_FOR_PIN;
    private @Nullable NodeState announced;
    private final AtomicBoolean toldThatItCannotWork = new AtomicBoolean();

    // Under the lock of the ceremony:
    private boolean opened;
    private boolean ended;
    private @Nullable Refusal refusal;
    private long nextTryNanos = System.nanoTime();
    private String lastTrouble = "";

    /** HSMs lock after a few wrong PINs: what was refused once is not tried again, unless an operator says so. */
    private record Refusal(UUID push, boolean incorrect) {}

    Node(ClusterSecrets secrets, ClientKeyFile keyFile, HsmConnection hsm, ApplicationEventPublisher events) {
        this.secrets = secrets;
        this.keyFile = keyFile;
        this.hsm = hsm;
        this.events = events;
    }

    @PostConstruct
    void adoptExistingClientKey() {
        keyFile.existing().ifPresent(key -> {
            secrets.keepClientKey(key);
            key.destroy();
            clientKeyInPlace = true;
        });
    }

    /** Where the node stands; never blocks. */
    public NodeState state() {
        HsmConnection.Status status = hsm.status();
        if (status == HsmConnection.Status.WRONG_KEYS) {
            return NodeState.WRONG_HSM_KEYS;
        }
        if (secrets.isAway()) {
            return NodeState.CLUSTER_AWAY;
        }
        if (!hasClientKey()) {
            return NodeState.WAITING_FOR_CLIENT_KEY;
        }
        return switch (status) {
            case CLOSED, PIN_REFUSED -> whileClosed;
            case RECOVERING -> NodeState.HSM_AWAY;
            case READY -> NodeState.READY;
            case WRONG_KEYS -> NodeState.WRONG_HSM_KEYS;
        };
    }

    /**
     * Takes the HSM client's private key and puts it where the HSM's library looks for it. The caller destroys the key.
     *
     * @throws ClusterException if there is one already, this is none, or it cannot be shared or put in place
     */
    public void acceptClientKey(ClientKey key) {
        ceremony.lock();
        try {
            if (!keyFile.isWanted()) {
                throw ClusterException.refused(
                        "The HSM client of this node needs no key: sovereign-keys.client-key-file is not set.");
            }
            requireCluster();
            if (clientKeyInPlace) {
                throw ClusterException.refused("CLIENT KEY already present");
            }
            keyFile.check(key);
            if (!secrets.offerClientKey(key)) {
                throw ClusterException.refused("CLIENT KEY already present");
            }
            keyFile.write(key); // where that fails, it is tried again with what the nodes share
            clientKeyInPlace = true;
        } finally {
            ceremony.unlock();
        }
        announce();
    }

    /**
     * Takes the PIN, tries it on the HSM, and keeps it only if the HSM takes it. The caller destroys the PIN.
     *
     * @throws ClusterException if there is one already, the client key is missing, or it cannot be shared
     * @throws org.sovereignkeys.hsm.HsmException as {@link HsmConnection#open} does
     */
    public void acceptPin(Pin pin) {
        ceremony.lock();
        try {
            requireCluster();
            noteRefusal();
            UUID push = requireRoomFor(pin);
            if (!hasClientKey()) {
                throw ClusterException.unavailable(
                        "The HSM client needs its key first: PUT /client-key, and then the PIN.", null);
            }
            hsm.open(pin);
            opened = true;
            if (!secrets.offerPin(new SharedPin(pin, push))) {
                throw ClusterException.refused("PIN already present");
            }
        } catch (HsmKeysException e) {
            tellThatItCannotWork(String.valueOf(e.getMessage()));
            throw e;
        } finally {
            ceremony.unlock();
        }
        secrets.tellReady(isReady());
        announce();
    }

    /** From now on the HSM stays closed, whatever the nodes share. */
    @PreDestroy
    void end() {
        ceremony.lock();
        try {
            ended = true;
        } finally {
            ceremony.unlock();
        }
    }

    /** Takes over what the nodes share, and gives up what the HSM refuses. */
    @Scheduled(fixedRateString = "500ms")
    void follow() {
        if (ceremony.tryLock()) {
            try {
                if (ended) {
                    return;
                }
                noteRefusal();
                followClientKey();
                followPin();
            } finally {
                ceremony.unlock();
            }
        }
        secrets.tellReady(isReady());
        announce();
    }

    /** Tells the log and the other parts when the state has changed. */
    @Scheduled(fixedDelayString = "1s")
    void announce() {
        NodeState state = state();
        synchronized (this) {
            if (state == announced) {
                return;
            }
            announced = state;
        }
        LOG.info("node: {}", state.description());
        events.publishEvent(new NodeStateChanged(state));
        if (state == NodeState.WRONG_HSM_KEYS) {
            tellThatItCannotWork(hsm.keysTrouble());
        }
    }

    private void tellThatItCannotWork(String reason) {
        if (toldThatItCannotWork.compareAndSet(false, true)) {
            events.publishEvent(new NodeCannotWork(reason));
        }
    }

    private boolean hasClientKey() {
        return clientKeyInPlace || !keyFile.isWanted();
    }

    private boolean isReady() {
        return hsm.status() == HsmConnection.Status.READY;
    }

    private boolean isClosed() {
        return hsm.status() == HsmConnection.Status.CLOSED || hsm.status() == HsmConnection.Status.PIN_REFUSED;
    }

    private void requireCluster() {
        if (!secrets.answers()) {
            throw ClusterException.unavailable(
                    "etcd does not answer, and a secret that cannot be shared is not taken. Try again in a moment.",
                    null);
        }
    }

    /** The name under which this PIN would be shared; a {@link ClusterException} if there is one already. */
    private UUID requireRoomFor(Pin offered) {
        Optional<SharedPin> present = secrets.pin();
        if (present.isEmpty()) {
            return UUID.randomUUID();
        }
        SharedPin shared = present.get();
        try {
            if (isRefused(shared)) {
                if (shared.pin().matches(offered)) {
                    return shared.push(); // the HSM may take it by now: its operator says so
                }
                if (withdrawn(shared)) {
                    return UUID.randomUUID();
                }
            }
        } finally {
            shared.pin().destroy();
        }
        throw ClusterException.refused("PIN already present");
    }

    private boolean isRefused(SharedPin shared) {
        return refusal != null && refusal.push().equals(shared.push());
    }

    private boolean withdrawn(SharedPin shared) {
        return refusal != null && secrets.withdrawPin(shared.push(), refusal.incorrect());
    }

    /** The HSM came back, and no longer takes the PIN that this node worked with. */
    private void noteRefusal() {
        if (opened && hsm.status() == HsmConnection.Status.PIN_REFUSED) {
            opened = false;
            secrets.pin().ifPresent(pin -> {
                pin.pin().destroy();
                refusal = new Refusal(pin.push(), hsm.isPinIncorrect());
            });
        }
    }

    private void followClientKey() {
        if (hasClientKey()) {
            return;
        }
        secrets.clientKey().ifPresent(key -> {
            try {
                keyFile.check(key);
                keyFile.write(key);
                secrets.keepClientKey(key);
                clientKeyInPlace = true;
                LOG.info("the client key came from another node");
            } catch (ClusterException e) {
                warnOnce("the client key that the nodes share cannot be used here: " + e.getMessage());
            } finally {
                key.destroy();
            }
        });
    }

    private void followPin() {
        if (!isClosed()) {
            return;
        }
        Optional<SharedPin> present = secrets.pin();
        if (present.isEmpty()) {
            whileClosed = NodeState.WAITING_FOR_PIN;
            return;
        }
        SharedPin shared = present.get();
        try {
            if (isRefused(shared)) {
                giveUp(shared);
            } else if (hasClientKey() && System.nanoTime() - nextTryNanos >= 0) {
                open(shared);
                nextTryNanos = System.nanoTime() + BETWEEN_TRIES.toNanos();
            }
        } finally {
            shared.pin().destroy();
        }
    }

    private void giveUp(SharedPin shared) {
        whileClosed = NodeState.PIN_REFUSED;
        try {
            if (withdrawn(shared)) {
                whileClosed = NodeState.WAITING_FOR_PIN;
            }
        } catch (ClusterException e) {
            LOG.debug("the PIN that the HSM refuses stays for now: {}", e.getMessage());
        }
    }

    private void open(SharedPin shared) {
        try {
            hsm.open(shared.pin());
            opened = true;
            if (secrets.offerPin(shared)) {
                LOG.info("the PIN came from another node, and the HSM took it");
            }
        } catch (FirstKeysPendingException e) {
            whileClosed = NodeState.FIRST_KEYS_PENDING;
            warnOnce(String.valueOf(e.getMessage()));
        } catch (HsmUnavailableException e) {
            whileClosed = NodeState.HSM_AWAY;
            warnOnce(String.valueOf(e.getMessage()));
        } catch (HsmKeysException e) {
            tellThatItCannotWork(String.valueOf(e.getMessage()));
        } catch (HsmException e) {
            whileClosed = NodeState.PIN_REFUSED;
            refusal = new Refusal(shared.push(),
                    e instanceof PinRejectedException rejection && rejection.isIncorrect());
            LOG.error("the HSM does not take the PIN that the nodes share, and is not asked again: {}", e.getMessage());
        } catch (ClusterException e) {
            LOG.debug("the PIN is kept, and shared later: {}", e.getMessage());
        }
    }

    private void warnOnce(String trouble) {
        if (!trouble.equals(lastTrouble)) {
            LOG.warn("{}", trouble);
            lastTrouble = trouble;
        }
    }
}
