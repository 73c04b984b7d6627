/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.annotation.PostConstruct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import org.sovereignkeys.hsm.HsmConnection;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.Pin;

/** This node: takes its two secrets in their order, opens the HSM with them, and says where it stands. */
@Component
public class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final ClusterSecrets secrets;
    private final ClientKeyFile keyFile;
    private final HsmConnection hsm;
    private final ApplicationEventPublisher events;
    private final ReentrantLock ceremony = new ReentrantLock();
    private volatile boolean clientKeyInPlace;
    private @Nullable NodeState announced;
    private final AtomicBoolean toldThatItCannotWork = new AtomicBoolean();

    Node(ClusterSecrets secrets, ClientKeyFile keyFile, HsmConnection hsm, ApplicationEventPublisher events) {
        this.secrets = secrets;
        this.keyFile = keyFile;
        this.hsm = hsm;
        this.events = events;
    }

    @PostConstruct
    void adoptExistingClientKey() {
        keyFile.existing().ifPresent(key -> {
            secrets.offerClientKey(key);
            key.destroy();
            clientKeyInPlace = true;
        });
    }

    /** Where the node stands; never blocks. */
    public NodeState state() {
        if (keyFile.isWanted() && !clientKeyInPlace) {
            return NodeState.WAITING_FOR_CLIENT_KEY;
        }
        return switch (hsm.status()) {
            case CLOSED, PIN_REFUSED -> NodeState.WAITING_FOR_PIN;
            case RECOVERING -> NodeState.HSM_AWAY;
            case READY -> NodeState.READY;
            case WRONG_KEYS -> NodeState.WRONG_HSM_KEYS;
        };
    }

    /**
     * Takes the HSM client's private key and puts it where the HSM's library looks for it. The caller destroys the key.
     *
     * @throws ClusterException if there is one already, this is none, or it cannot be put in place
     */
    public void acceptClientKey(ClientKey key) {
        ceremony.lock();
        try {
            if (!keyFile.isWanted()) {
                throw ClusterException.refused(
                        "The HSM client of this node needs no key: sovereign-keys.client-key-file is not set.");
            }
            if (clientKeyInPlace) {
                throw ClusterException.refused("CLIENT KEY already present");
            }
            keyFile.check(key);
            keyFile.write(key);
            if (!secrets.offerClientKey(key)) {
                throw ClusterException.refused("CLIENT KEY already present");
            }
            clientKeyInPlace = true;
        } finally {
            ceremony.unlock();
        }
        announce();
    }

    /**
     * Takes the PIN, tries it on the HSM, and keeps it only if the HSM takes it. The caller destroys the PIN.
     *
     * @throws ClusterException if there is one already, or the client key is missing
     * @throws org.sovereignkeys.hsm.HsmException as {@link HsmConnection#open} does
     */
    public void acceptPin(Pin pin) {
        ceremony.lock();
        try {
            dropRefusedPin();
            if (secrets.pin().map(Node::destroyed).isPresent()) {
                throw ClusterException.refused("PIN already present");
            }
            if (keyFile.isWanted() && !clientKeyInPlace) {
                throw ClusterException.unavailable(
                        "The HSM client needs its key first: PUT /client-key, and then the PIN.", null);
            }
            hsm.open(pin);
            if (!secrets.offerPin(pin)) {
                throw ClusterException.refused("PIN already present");
            }
        } catch (HsmKeysException e) {
            tellThatItCannotWork(String.valueOf(e.getMessage()));
            throw e;
        } finally {
            ceremony.unlock();
        }
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

    private void dropRefusedPin() {
        if (hsm.status() == HsmConnection.Status.PIN_REFUSED) {
            secrets.pin().ifPresent(pin -> {
                secrets.withdrawPin(pin);
                pin.destroy();
            });
        }
    }

    private static Pin destroyed(Pin pin) {
        pin.destroy();
        return pin;
    }
}
