/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.etcd.jetcd.common.exception.EtcdException;
import jakarta.annotation.PreDestroy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import org.sovereignkeys.cluster.ClientKey;
import org.sovereignkeys.cluster.ClusterException;
import org.sovereignkeys.cluster.ClusterSecrets;
import org.sovereignkeys.cluster.FirstKeyClaim;
import org.sovereignkeys.cluster.SharedPin;
import org.sovereignkeys.configuration.ConditionalOnLocation;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdUnavailableException;
import org.sovereignkeys.hsm.FirstKeysPendingException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;

/** The secrets of nodes that share them over etcd. A look at etcd, twice a second, keeps a copy of its own up to date. */
@Component
@ConditionalOnLocation(setting = "cluster", technology = "etcd")
class EtcdClusterSecrets implements ClusterSecrets, FirstKeyClaim {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdClusterSecrets.class);
    /** More than one look that a change of etcd's leader spoiled. */
    private static final Duration AWAY_AFTER = Duration.ofSeconds(2);

    private final String node = UUID.randomUUID() + " (process " + ManagementFactory.getRuntimeMXBean().getName() + ")";
    private final SharedKeys etcd;
    private final SharedSecret<ClientKey> clientKey;
    private final SharedSecret<Pin> pin;
    private final Readiness readiness;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile long lastAnswerNanos = System.nanoTime() - AWAY_AFTER.toNanos() - 1;
    private volatile boolean ready;
    // Under the lock of the look:
    private long latestRevision;
    private boolean toldThatAway;

    EtcdClusterSecrets(EtcdConnection connection) {
        this.etcd = new SharedKeys(connection);
        this.clientKey = new SharedSecret<>(SharedKeys.CLIENT_KEY, etcd, ClientKey::of);
        this.pin = new SharedSecret<>(SharedKeys.PIN, etcd, Pin::ofUtf8);
        this.readiness = new Readiness(etcd, node);
    }

    /** Keeps up with etcd, and etcd with what this node works with. */
    @Scheduled(fixedRateString = "500ms")
    void look() {
        if (looking.tryLock()) {
            lookAndRelease();
        }
    }

    private void lookAndRelease() {
        try {
            SharedKeys.Look look = etcd.look();
            if (look.latest() < latestRevision) {
                clientKey.distrustRevision();
                pin.distrustRevision();
            }
            latestRevision = look.latest();
            clientKey.follow(look.clientKey(), true);
            pin.follow(look.pin(), ready);
            keepClaim(look.firstKeys());
            readiness.keepUp(ready ? pin.copy((_, push) -> push).orElse(null) : null);
            answered();
        } catch (EtcdUnavailableException | EtcdException e) {
            unanswered(e);
        } finally {
            looking.unlock();
        }
    }

    @Override
    public boolean isAway() {
        return System.nanoTime() - lastAnswerNanos > AWAY_AFTER.toNanos();
    }

    @Override
    public boolean answers() {
        if (isAway()) {
            looking.lock();
            lookAndRelease();
        }
        return !isAway();
    }

    @Override
    public Optional<ClientKey> clientKey() {
        return clientKey.copy((key, _) -> key.copy());
    }

    @Override
    public boolean offerClientKey(ClientKey key) {
        return reached(() -> clientKey.create(key, UUID.randomUUID()));
    }

    @Override
    public void keepClientKey(ClientKey key) {
        clientKey.keep(key, UUID.randomUUID());
    }

    @Override
    public Optional<SharedPin> pin() {
        return pin.copy((held, push) -> new SharedPin(held.copy(), push));
    }

    @Override
    public boolean offerPin(SharedPin offered) {
        pin.keep(offered.pin(), offered.push());
        return pin.isShared() || reached(() -> pin.create(offered.pin(), offered.push()));
    }

    @Override
    public boolean withdrawPin(UUID push, boolean incorrect) {
        if (!pin.release(push)) {
            return true;
        }
        if (!incorrect || !reached(() -> etcd.deletePin(push, node))) {
            return false;
        }
        pin.removed(push);
        LOG.warn("the PIN was removed from etcd, for the HSM says that it is not the right one");
        return true;
    }

    @Override
    public void tellReady(boolean isReady) {
        ready = isReady;
    }

    @Override
    public void take() {
        try {
            if (etcd.create(SharedKeys.FIRST_KEYS, node.getBytes(StandardCharsets.UTF_8)).isPresent()) {
                LOG.info("this node makes the first keys in the HSM; it has claimed {}", SharedKeys.FIRST_KEYS);
                return;
            }
            String owner = etcd.read(SharedKeys.FIRST_KEYS).map(claim -> claim.getValue().toString()).orElse("");
            if (!owner.equals(node)) {
                throw new FirstKeysPendingException("The HSM holds no keys, and to make them is for the node " + owner
                        + ", which claimed it in etcd (" + SharedKeys.FIRST_KEYS
                        + "). If that node is gone for good, release"
                        + " its claim (docs/design/shared-secrets.md)", null);
            }
        } catch (EtcdUnavailableException | EtcdException e) {
            throw new HsmUnavailableException("The HSM holds no keys, and etcd, where it is claimed to make them,"
                    + " does not answer", e);
        }
    }

    @PreDestroy
    void forget() {
        looking.lock();
        try {
            readiness.keepUp(null);
        } catch (EtcdUnavailableException | EtcdException e) {
            LOG.debug("etcd does not learn that this node ends", e);
        } finally {
            looking.unlock();
        }
        clientKey.forget();
        pin.forget();
    }

    /** Where one node works with keys, none makes others, even if etcd forgot who made these. */
    private void keepClaim(long revision) {
        if (revision == 0 && ready) {
            etcd.create(SharedKeys.FIRST_KEYS, ("none: the keys exist, says " + node).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void answered() {
        lastAnswerNanos = System.nanoTime();
        if (toldThatAway) {
            toldThatAway = false;
            LOG.info("etcd answers again");
        }
    }

    private void unanswered(RuntimeException e) {
        if (isAway() && !toldThatAway) {
            toldThatAway = true;
            LOG.warn("this node serves nothing until etcd answers: {}", e.getMessage());
        }
    }

    private static <T> T reached(Supplier<T> question) {
        try {
            return question.get();
        } catch (EtcdUnavailableException | EtcdException e) {
            throw ClusterException.unavailable("etcd did not answer, so it is not known whether the secret was taken."
                    + " Try again in a moment.", e);
        }
    }
}
