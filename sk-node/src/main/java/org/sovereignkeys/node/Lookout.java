/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.aws.AutoScalingNodes;
import org.sovereignkeys.node.aws.AwsUnavailableException;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdException;
import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.Group;
import org.sovereignkeys.node.membership.GroupHistory;
import org.sovereignkeys.node.membership.Instance;
import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.membership.Observation;
import org.sovereignkeys.node.membership.Own;
import org.sovereignkeys.node.membership.Pledge;
import org.sovereignkeys.node.membership.Promise;
import org.sovereignkeys.node.peer.PeerClient;

/** Looks around: at AWS, the other nodes, and etcd. */
final class Lookout {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);

    private final Subject self;
    private final AutoScalingNodes nodes;
    private final PeerClient peers;
    private final EtcdClient client;
    private final Pledge pledge;
    private final GroupHistory history;
    private final Roster roster = new Roster();
    private @Nullable Members lastMembers;

    /** What was seen, and where the others are, by instance. */
    record View(Observation seen, Map<String, String> addresses) {
        /** A member with a vote that serves: this one, if it can be. */
        Optional<String> voter() {
            return isVoter(seen.own()) ? Optional.of(LocalMember.ADDRESS) : otherVoter();
        }

        /** Another one. */
        Optional<String> otherVoter() {
            return seen.answers()
                .entrySet()
                .stream()
                .filter(answer -> answer.getValue() instanceof Answer.Member member && member.serves()
                        && !member.learner())
                .map(answer -> addresses.get(answer.getKey()))
                .findFirst();
        }

        private static boolean isVoter(Own own) {
            return own instanceof Own.Member member && member.serves() && !member.learner();
        }
    }

    Lookout(Subject self, AutoScalingNodes nodes, PeerClient peers, EtcdClient client, Pledge pledge,
            GroupHistory history) {
        this.self = self;
        this.nodes = nodes;
        this.peers = peers;
        this.client = client;
        this.pledge = pledge;
        this.history = history;
    }

    /** The order matters: a promise is judged by what its founder says after it was given. */
    View look(Own own, boolean isLeaving) {
        Promise promise = pledge.given();
        Group group = group();
        Map<String, String> addresses = addresses(group);
        Map<String, Answer> answers = peers.ask(addresses);
        View without = new View(observation(own, group, answers, null, Gone.NOTHING, promise, isLeaving), addresses);
        Members members = members(without);
        Gone gone = group == null ? Gone.NOTHING : gone(group, promise);
        if (group != null) {
            boolean isSettled = history.steadiness() != Observation.Steadiness.CHANGING;
            pledge.saw(group.withMemory(), isSettled && own instanceof Own.Empty
                    && answers.values().stream().noneMatch(Answer.Member.class::isInstance));
        }
        return new View(observation(own, group, answers, members, gone, promise, isLeaving),
                addresses);
    }

    private Observation observation(Own own, @Nullable Group group, Map<String, Answer> answers,
            @Nullable Members members, Gone gone, @Nullable Promise promise, boolean isLeaving) {
        return new Observation(self.instance(), self.address(), own, group, answers, members, gone.instances(),
                gone.addresses(), promise, history.steadiness(), isLeaving || history.isDrained());
    }

    private @Nullable Group group() {
        try {
            Group group = nodes.group();
            history.saw(group);
            return group;
        } catch (AwsUnavailableException e) {
            LOG.warn("{}", e.getMessage());
            return null;
        }
    }

    /** Of the group's instances, and of members that are in it no more. */
    private Map<String, String> addresses(@Nullable Group group) {
        Map<String, String> addresses = new HashMap<>();
        if (lastMembers != null) {
            lastMembers.entries()
                .stream()
                .filter(entry -> !entry.name().isEmpty())
                .forEach(entry -> addresses.put(entry.name(), entry.address()));
        }
        if (group != null) {
            for (Instance instance : group.instances()) {
                addresses.remove(instance.id());
                if (instance.address() != null && instance.phase() != Instance.Phase.OFF) {
                    addresses.put(instance.id(), instance.address());
                }
            }
        }
        addresses.remove(self.instance());
        return addresses;
    }

    /** Has the members of etcd that are known here asked from now on, too. */
    void remember(Members members) {
        lastMembers = members;
    }

    private @Nullable Members members(View view) {
        Optional<String> voter = view.voter();
        if (voter.isEmpty()) {
            return null;
        }
        try {
            Members members = client.members(voter.get());
            roster.saw(members);
            lastMembers = members;
            return members;
        } catch (EtcdException e) {
            LOG.info("{}", e.getMessage());
            return null;
        }
    }

    private Gone gone(Group group, @Nullable Promise promise) {
        Set<String> outside = new HashSet<>();
        Set<String> notStarted = new HashSet<>();
        if (lastMembers != null) {
            lastMembers.entries().forEach(entry -> {
                boolean isStarted = !entry.name().isEmpty();
                (isStarted ? outside : notStarted).add(isStarted ? entry.name() : entry.address());
            });
        }
        if (promise != null) {
            outside.add(promise.founder());
        }
        group.instances().forEach(instance -> outside.remove(instance.id()));
        try {
            return new Gone(nodes.terminated(outside), nodes.vacant(notStarted));
        } catch (AwsUnavailableException e) {
            LOG.warn("{}", e.getMessage());
            return Gone.NOTHING;
        }
    }

    /** Instances that are terminated, and addresses that nobody has. */
    private record Gone(Set<String> instances, Set<String> addresses) {
        static final Gone NOTHING = new Gone(Set.of(), Set.of());
    }
}
