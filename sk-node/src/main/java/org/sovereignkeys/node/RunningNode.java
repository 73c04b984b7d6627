/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.aws.AutoScalingNodes;
import org.sovereignkeys.node.aws.AwsClients;
import org.sovereignkeys.node.aws.AwsUnavailableException;
import org.sovereignkeys.node.aws.InstanceMetadata;
import org.sovereignkeys.node.aws.KmsAuthorityKey;
import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.Identity;
import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.OtherAuthorityException;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.control.ControlServer;
import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdProcess;
import org.sovereignkeys.node.membership.Pledge;
import org.sovereignkeys.node.membership.Ticker;
import org.sovereignkeys.node.peer.PeerClient;
import org.sovereignkeys.node.peer.PeerServer;
import org.sovereignkeys.node.store.RamStore;

/** Puts the parts together, and takes them apart at SIGTERM. */
final class RunningNode {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
    /** systemd kills what has not ended 90 s after SIGTERM. */
    private static final int TIME_TO_END_SECONDS = 30;
    /** A minute. */
    private static final int BETWEEN_ALARMS = 60;

    private final Settings settings;
    /** Certificates alone are valid by the time of day. */
    private final InstantSource clock = InstantSource.system();
    private final Ticker ticker = Ticker.system();
    private final Waiting waiting = new Waiting(ticker);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean ending;

    RunningNode(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        RamStore store = new RamStore(settings.store(), settings.storeOnDisk());
        endWithSignal(Thread.currentThread());
        try (AwsClients aws = new AwsClients()) {
            Subject self = patiently(InstanceMetadata::self);
            EtcdProcess etcd = new EtcdProcess(settings.etcd(), store, self);
            Identity identity = patiently(() -> identity(aws, store, self));
            LOG.info("is {} at {}; {}", self.instance(), self.address(), identity.current());
            keep(aws, self, store, identity, etcd);
        } finally {
            ended.countDown();
        }
    }

    /** Where KMS is away, the one that an earlier process left has etcd's data serve again. */
    private Identity identity(AwsClients aws, RamStore store, Subject self) {
        Supplier<Authority> authority = () -> new Authority(new KmsAuthorityKey(aws, settings.authorityKey()));
        Duration lifetime = settings.certificateLifetime();
        Instant now = clock.instant();
        try {
            return new Identity(store, authority, self, lifetime, now);
        } catch (AwsUnavailableException e) {
            Identity stored = Identity.stored(store, authority, self, lifetime, now).orElseThrow(() -> e);
            LOG.warn("goes on with the certificate that the store has: {}", e.getMessage());
            return stored;
        }
    }

    private void keep(AwsClients aws, Subject self, RamStore store, Identity identity, EtcdProcess etcd)
            throws IOException {
        MutualTls tls = new MutualTls(identity.current());
        Records records = new Records(store);
        Pledge pledge = new Pledge(self.instance(), UUID.randomUUID().toString(), records, ticker);
        try (PeerClient peers = new PeerClient(tls); EtcdClient client = new EtcdClient(tls)) {
            LocalMember member = new LocalMember(etcd, client, records);
            Keeper keeper = new Keeper(new Keeper.Tools(self, settings, identity, tls,
                    new AutoScalingNodes(aws, settings.group()), peers, client, member, clock, ticker), pledge,
                    () -> ending);
            try (ControlServer _ = new ControlServer(store.path(Commands.SOCKET), new Commands(keeper));
                    PeerServer _ = new PeerServer(self.address(), tls, new OwnVoice(member::look, pledge))) {
                keeper.run();
            } finally {
                member.stop();
                store.delete(Commands.SOCKET);
            }
        }
    }

    /** The node cannot begin without it, so it is tried until it is there. */
    private <T> T patiently(Supplier<T> step) throws InterruptedException {
        while (true) {
            try {
                T result = step.get();
                waiting.over();
                return result;
            } catch (AwsUnavailableException e) {
                waiting.on("AWS: " + e.getMessage());
                Thread.sleep(settings.pace());
            } catch (OtherAuthorityException e) {
                LOG.error("{}", e.getMessage());
                Thread.sleep(settings.pace().multipliedBy(BETWEEN_ALARMS));
            }
        }
    }

    private void endWithSignal(Thread worker) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("end").unstarted(() -> {
            LOG.info("ends");
            ending = true;
            worker.interrupt();
            try {
                if (!ended.await(TIME_TO_END_SECONDS, TimeUnit.SECONDS)) {
                    LOG.error("did not end within {} s", TIME_TO_END_SECONDS);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(0); // what systemd counts as a clean end
        }));
    }
}
