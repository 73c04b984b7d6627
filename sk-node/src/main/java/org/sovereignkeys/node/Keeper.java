/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.aws.AutoScalingNodes;
import org.sovereignkeys.node.aws.AwsUnavailableException;
import org.sovereignkeys.node.certificate.Identity;
import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.OtherAuthorityException;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdException;
import org.sovereignkeys.node.membership.Action;
import org.sovereignkeys.node.membership.Decision;
import org.sovereignkeys.node.membership.FoundingRequest;
import org.sovereignkeys.node.membership.GroupHistory;
import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.membership.Observation;
import org.sovereignkeys.node.membership.Own;
import org.sovereignkeys.node.membership.Pledge;
import org.sovereignkeys.node.membership.Ticker;
import org.sovereignkeys.node.peer.PeerClient;

/** Looks, decides, does one thing, and looks again: all in one thread. Renews the certificate in between. */
final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final int CALM = 10;
    private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(30);

    private final Tools tools;
    private final Pledge pledge;
    private final Lookout lookout;
    private final Waiting waiting;
    private final Readiness readiness = new Readiness();
    private final BlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
    private final BooleanSupplier ending;
    private volatile Status status;
    private boolean left;
    private @Nullable Long renewalTried;

    /** What it works with. */
    record Tools(Subject self, Settings settings, Identity identity, MutualTls tls, AutoScalingNodes nodes,
            PeerClient peers, EtcdClient client, LocalMember member, InstantSource clock,
            Ticker ticker) {}

    Keeper(Tools tools, Pledge pledge, BooleanSupplier ending) {
        this.tools = tools;
        this.pledge = pledge;
        this.ending = ending;
        this.lookout = new Lookout(tools.self, tools.nodes, tools.peers, tools.client, pledge, new GroupHistory(
                tools.self.instance(), tools.ticker, tools.settings.settling(), tools.settings.patience()));
        this.waiting = new Waiting(tools.ticker);
        this.status = Status.starting(tools.self, tools.identity.current());
        if (tools.member.isLeaving() && tools.member.look() instanceof Own.Empty) {
            left = true;
            tools.identity.wipe();
        }
    }

    /** Works until it is interrupted, or ends. */
    void run() {
        try {
            while (!ending.getAsBoolean()) {
                Duration pause = round();
                Runnable command = commands.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
                if (command != null) {
                    command.run();
                }
            }
        } catch (InterruptedException _) {
            LOG.info("stops");
        }
    }

    Status status() {
        return status;
    }

    /** How long to wait before the next. */
    private Duration round() {
        try {
            renewIfDue();
            return left ? stayAway() : workOn(lookAround());
        } catch (AwsUnavailableException | EtcdException e) {
            waiting.on(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a round failed", e);
        }
        return tools.settings.pace();
    }

    private Lookout.View lookAround() {
        return lookout.look(look(), tools.member.isLeaving());
    }

    private Own look() {
        Own own = tools.member.look();
        if (own instanceof Own.Member member) {
            tools.member.remember(member);
        }
        return own;
    }

    private Duration workOn(Lookout.View view) {
        Action action = Decision.next(view.seen());
        perform(action, view);
        publish(view.seen());
        return isCalm(view.seen(), action) ? tools.settings.pace().multipliedBy(CALM) : tools.settings.pace();
    }

    /** Nothing is to be done soon; AWS that does not tell, perhaps for it is asked too often, is not asked more often then. */
    static boolean isCalm(Observation seen, Action action) {
        boolean servesWithoutAws = seen.group() == null && seen.own() instanceof Own.Member own && own.serves();
        return action instanceof Action.Serve || servesWithoutAws;
    }

    private void perform(Action action, Lookout.View view) {
        if (action instanceof Action.Wait wait) {
            waiting.on(wait.why());
            return;
        }
        waiting.over();
        switch (action) {
            case Action.Serve _ -> serve(view.seen());
            case Action.Start _ -> tools.member.start();
            case Action.Discard _ -> discard();
            case Action.Found found -> found(found.others(), view);
            case Action.Forget forget -> pledge.forget(forget.promise());
            case Action.Remove remove -> remove(remove, view);
            case Action.Join _ -> join(view);
            case Action.Promote _ -> promote(view);
            case Action.Leave _ -> leave(view);
            case Action.Wait _ -> throw new IllegalStateException("handled above");
        }
    }

    private void serve(Observation seen) {
        if (seen.own() instanceof Own.Member own && !own.learner()) {
            readiness.ready(own);
        }
    }

    private void discard() {
        LOG.warn("the cluster has removed this member: its data are deleted, and it joins anew");
        tools.member.discard();
    }

    private void found(Set<String> others, Lookout.View view) {
        FoundingRequest request = pledge.begin();
        if (request == null) {
            return;
        }
        try {
            Map<String, String> addresses = new HashMap<>(view.addresses());
            addresses.keySet().retainAll(others);
            boolean isAgreed = addresses.size() == others.size() && tools.peers.promise(request, addresses);
            LOG.info("asked {} for their promise: {}", others, isAgreed ? "founds a cluster" : "not all gave it");
            if (isAgreed && !tools.member.found()) {
                LOG.error("etcd did not start; see its lines");
            }
        } finally {
            pledge.end();
        }
    }

    private void remove(Action.Remove remove, Lookout.View view) {
        Members.Entry member = remove.member();
        LOG.warn("removes member {} ({}, at {}): {}", Long.toHexString(member.id()), member.name(), member.address(),
                remove.why());
        tools.client.remove(via(view.voter()), member.id());
    }

    private void join(Lookout.View view) {
        EtcdClient.Added added = tools.client.addLearner(via(view.voter()), tools.self.address());
        LOG.info("joins cluster {} as member {}", Long.toHexString(added.members().cluster()),
                Long.toHexString(added.member()));
        tools.member.join(added.members().cluster(), added.member(), added.members());
    }

    private void promote(Lookout.View view) {
        if (view.seen().own() instanceof Own.Member own) {
            tools.client.promote(via(view.otherVoter()), own.member());
            LOG.info("member {} has its vote", Long.toHexString(own.member()));
        }
    }

    private void leave(Lookout.View view) {
        if (!tools.member.isLeaving()) {
            LOG.info("leaves the cluster");
            tools.member.setLeaving(true);
        }
        if (view.seen().own() instanceof Own.Member own) {
            tools.client.remove(via(view.otherVoter()), own.member());
        }
        tools.member.discard();
        tools.identity.wipe();
        left = true;
        readiness.left();
    }

    private Duration stayAway() {
        waiting.on("its end: it has left the cluster, and does not join again");
        status = Status.left(tools.self, tools.identity.current());
        Observation seen = lookAround().seen(); // looks on, for others may want its promise
        if (Decision.next(seen) instanceof Action.Forget forget) {
            pledge.forget(forget.promise());
        }
        if (seen.group() != null && seen.group().isTerminating(tools.self.instance())) {
            tools.nodes.letGo(tools.self.instance());
        }
        return tools.settings.pace().multipliedBy(CALM);
    }

    private static String via(Optional<String> voter) {
        return voter.orElseThrow(() -> new EtcdException("no voter answers", null));
    }

    private void renewIfDue() {
        Instant now = tools.clock.instant();
        if (!tools.identity.isDue(now) || wasRenewalJustTried()) {
            return;
        }
        renewalTried = tools.ticker.nanos();
        try {
            tools.identity.renew(now);
            tools.tls.renew(tools.identity.current());
            if (left) {
                tools.identity.wipe();
            }
            renewalTried = null;
            LOG.info("renewed the certificate: {}", tools.identity.current());
        } catch (AwsUnavailableException | OtherAuthorityException e) {
            LOG.error("the certificate is not renewed, and tried again: {}", e.getMessage());
        }
    }

    private boolean wasRenewalJustTried() {
        return renewalTried != null && tools.ticker.since(renewalTried).compareTo(BETWEEN_RENEWALS) < 0;
    }

    private void publish(Observation seen) {
        status = Status.of(tools.self, seen, waiting.reason(), tools.identity.current());
    }

    /** Leaves the cluster if that is safe; answers with the objection, or nothing. */
    Optional<String> leaveOnCommand() {
        return inLoop(() -> {
            Lookout.View view = lookAround();
            Optional<String> objection = left ? Optional.empty() : Decision.objectionToLeaving(view.seen());
            if (objection.isEmpty() && !left) {
                leave(view);
            }
            return objection;
        });
    }

    /** Does not leave after all, if it has not. */
    Optional<String> stayOnCommand() {
        return inLoop(() -> {
            if (!left) {
                tools.member.setLeaving(false);
            }
            return Optional.empty();
        });
    }

    /** Goes on as the only member, if no other can hold the cluster; answers with the objection, or nothing. */
    Optional<String> recoverOnCommand() {
        return inLoop(() -> {
            if (look() instanceof Own.Empty) {
                return Optional.of("this node has no data of etcd");
            }
            Members known = tools.client.knownMembers(LocalMember.ADDRESS);
            lookout.remember(known);
            Optional<String> objection = Decision.objectionToRecovery(lookAround().seen(), known);
            if (objection.isEmpty()) {
                LOG.warn("an operator gives up the majority of the cluster: this node goes on alone");
                tools.member.recover();
            }
            return objection;
        });
    }

    private Optional<String> inLoop(Supplier<Optional<String>> command) {
        CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
        commands.add(() -> {
            if (outcome.isDone()) {
                return; // who gave it has been told that it failed
            }
            try {
                outcome.complete(command.get());
            } catch (AwsUnavailableException | EtcdException e) {
                outcome.complete(Optional.of(String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome.orTimeout(2, TimeUnit.MINUTES).join();
    }
}
