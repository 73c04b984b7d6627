/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The rules: from what a node sees to the one thing it does next. Why they suffice for there never to be a second cluster
 * beside a living one is in docs/design/membership.md.
 */
public final class Decision {
    private final Observation seen;
    private final Group group;

    private Decision(Observation seen, Group group) {
        this.seen = seen;
        this.group = group;
    }

    /** What a node that sees this does. */
    public static Action next(Observation seen) {
        boolean mustStart = seen.own() instanceof Own.Member own && !own.running();
        if (seen.group() == null) {
            return mustStart ? new Action.Start() : new Action.Wait("AWS to tell who is in the group");
        }
        Decision decision = new Decision(seen, seen.group());
        return switch (seen.own()) {
            case Own.Empty _ -> decision.ofEmpty();
            case Own.Member own -> decision.ofMember(own);
        };
    }

    /**
     * Why this node must not make its data a cluster of its own after the majority of its cluster was lost; empty if it may.
     * It may when no other memory can hold the cluster.
     *
     * @param known the members as this node knows them, which may be of old
     */
    public static Optional<String> objectionToRecovery(Observation seen, Members known) {
        if (!(seen.own() instanceof Own.Member own)) {
            return Optional.of("this node has no data of etcd");
        }
        if (seen.group() == null) {
            return Optional.of("AWS does not tell who is in the group");
        }
        if (own.serves()) {
            return Optional.of("etcd has a leader: nothing is lost");
        }
        return new Decision(seen, seen.group()).whoMayHoldACluster(known)
            .map(others -> others + " may hold the cluster: start sk-node there, or have EC2 terminate what is broken");
    }

    /** Why the cluster would not go on safely without this node; empty if it would, or if this node is no member. */
    public static Optional<String> objectionToLeaving(Observation seen) {
        if (!(seen.own() instanceof Own.Member own)) {
            return Optional.empty();
        }
        Members members = seen.members();
        if (seen.group() == null || members == null || !own.serves()) {
            return Optional.of("the cluster has no leader, or AWS does not tell who is in the group");
        }
        return new Decision(seen, seen.group()).objectionToLeaving(members);
    }

    private Action ofEmpty() {
        if (seen.promise() != null && isVoid(seen.promise())) {
            return new Action.Forget(seen.promise());
        }
        if (seen.leaving() || group.isTerminating(seen.self())) {
            return new Action.Leave();
        }
        if (!group.active().contains(seen.self())) {
            return new Action.Wait("this instance to be in service in the group");
        }
        Set<Long> clusters = clusters();
        if (clusters.size() > 1) {
            return twoClusters(clusters);
        }
        if (!anybodyServes()) {
            return membersAnswering().isEmpty()
                    ? ofNobody()
                    : new Action.Wait(membersAnswering() + " to have a leader again (a majority of the cluster is away;"
                            + " if it is lost for good: sk-node found --help)");
        }
        return seen.members() == null
                ? new Action.Wait("a voter of the cluster to tell its members")
                : toJoin(seen.members());
    }

    /** No other instance that answers has data. */
    private Action ofNobody() {
        Set<String> silent = others().stream()
            .filter(other -> seen.answerOf(other) instanceof Answer.Silent)
            .collect(Collectors.toCollection(TreeSet::new));
        if (!silent.isEmpty()) {
            return new Action.Wait(silent + " to answer: what is silent may hold the cluster");
        }
        int active = group.active().size();
        boolean mayBeFewer = seen.steadiness() == Observation.Steadiness.LASTING
                && active >= Members.majorityOf(group.desired());
        if (active < group.desired() && !mayBeFewer) {
            return new Action.Wait("the group to have " + group.desired() + " instances; it has " + active);
        }
        if (seen.steadiness() == Observation.Steadiness.CHANGING) {
            return new Action.Wait("the group's instances to stay the same for a moment");
        }
        if (seen.promise() != null) {
            return new Action.Wait(seen.promise().founder() + " to found the cluster, which it was promised");
        }
        String first = new TreeSet<>(group.active()).first();
        return first.equals(seen.self())
                ? new Action.Found(others())
                : new Action.Wait(first + " to found the cluster");
    }

    /** Whether the founder cannot rely on it any more: its memory is gone, or it says so itself. */
    private boolean isVoid(Promise promise) {
        if (group.isOff(promise.founder()) || seen.terminated().contains(promise.founder())) {
            return true;
        }
        return seen.answerOf(promise.founder()) instanceof Answer.Empty founder
                && (!founder.incarnation().equals(promise.incarnation()) || founder.hasEnded(promise.attempt()));
    }

    private Action toJoin(Members members) {
        Optional<Members.Entry> own = members.entries().stream().filter(this::isMine).findFirst();
        if (own.isPresent()) {
            return remove(members, own.get(), "its data is lost: " + seen.self() + " has none");
        }
        Optional<Members.Entry> dead = members.entries().stream().filter(this::isDead).findFirst();
        if (dead.isPresent()) {
            return removeDead(members, dead.get());
        }
        return members.entries()
            .stream()
            .filter(Members.Entry::learner)
            .findFirst()
            .<Action>map(learner -> new Action.Wait(nameOf(learner) + ", which joins before, to get its vote"))
            .orElseGet(Action.Join::new);
    }

    /** An entry of this instance, or of one that had its address before: not the one with which this node runs. */
    private boolean isMine(Members.Entry entry) {
        return entry.name().equals(seen.self()) || entry.address().equals(seen.address());
    }

    private Action ofMember(Own.Member own) {
        Set<Long> clusters = clusters();
        if (own.cluster() != 0) {
            clusters.add(own.cluster());
        }
        if (clusters.size() > 1) {
            return twoClusters(clusters);
        }
        if (wasRemoved(own)) {
            return new Action.Discard();
        }
        if (!own.running()) {
            return new Action.Start();
        }
        if (seen.promise() != null) {
            return new Action.Forget(seen.promise());
        }
        if (!own.serves()) {
            return new Action.Wait("etcd to have a leader (members that answer: " + membersAnswering() + ")");
        }
        return seen.members() == null
                ? new Action.Wait("a voter of the cluster to tell its members")
                : ofServing(own, seen.members());
    }

    private Action ofServing(Own.Member own, Members members) {
        boolean servesNobody = own.learner() && group.isTerminating(seen.self());
        if (seen.leaving() || servesNobody) {
            return toLeave(members);
        }
        if (own.learner()) {
            return allVotersAreWell(members)
                    ? new Action.Promote()
                    : new Action.Wait("all voters to be well: " + unwell(members) + " do not answer");
        }
        if (own.leads()) {
            Optional<Members.Entry> dead = members.entries().stream().filter(this::isDead).findFirst();
            if (dead.isPresent()) {
                return removeDead(members, dead.get());
            }
        }
        return new Action.Serve();
    }

    private Action toLeave(Members members) {
        return objectionToLeaving(members).<Action>map(Action.Wait::new).orElseGet(Action.Leave::new);
    }

    private Optional<String> objectionToLeaving(Members members) {
        if (members.voters().stream().allMatch(this::isMine)) {
            return Optional.of("another member: the data of the cluster would go with this one");
        }
        Optional<String> before = whoLeavesBefore(members);
        if (before.isPresent()) {
            return Optional.of(before.get() + " to leave first: two at once might leave nobody");
        }
        return allVotersAreWell(members) ? Optional.empty() : Optional.of(unwell(members) + " to be well");
    }

    /** Of those that the group ends. Whom something else ends may not have the time. */
    private Optional<String> whoLeavesBefore(Members members) {
        return members.voters()
            .stream()
            .map(Members.Entry::name)
            .filter(name -> group.isTerminating(seen.self()) && group.isTerminating(name)
                    && name.compareTo(seen.self()) < 0)
            .findFirst();
    }

    private boolean wasRemoved(Own.Member own) {
        Members members = seen.members();
        return members != null && members.cluster() == own.cluster() && members.find(own.member()).isEmpty();
    }

    /** Its instance is gone, and so is its memory. */
    private boolean isDead(Members.Entry entry) {
        if (entry.name().isEmpty()) {
            return seen.vacant().contains(entry.address());
        }
        boolean isOutside = group.find(entry.name()).isEmpty() && seen.terminated().contains(entry.name());
        return isOutside && !isWell(entry);
    }

    private Action removeDead(Members members, Members.Entry dead) {
        return remove(members, dead, "its instance is terminated");
    }

    private Action remove(Members members, Members.Entry entry, String why) {
        return mayRemove(members, entry)
                ? new Action.Remove(entry, why)
                : new Action.Wait(
                        "the other voters to be well, to remove " + nameOf(entry) + " (unwell: " + unwell(members)
                                + ")");
    }

    /** All others that live are well, and they are a majority both before and after. */
    private boolean mayRemove(Members members, Members.Entry entry) {
        if (entry.learner()) {
            return true;
        }
        List<Members.Entry> living = members.voters()
            .stream()
            .filter(voter -> voter.id() != entry.id() && !isDead(voter))
            .toList();
        return living.stream().allMatch(this::isWell)
                && living.size() >= Members.majorityOf(members.voters().size());
    }

    private boolean allVotersAreWell(Members members) {
        return members.voters().stream().allMatch(this::isWell);
    }

    private Set<String> unwell(Members members) {
        return members.voters()
            .stream()
            .filter(voter -> !isWell(voter))
            .map(Decision::nameOf)
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isWell(Members.Entry entry) {
        if (seen.own() instanceof Own.Member own && own.member() == entry.id()) {
            return own.serves();
        }
        return seen.answerOf(entry.name()) instanceof Answer.Member member && member.member() == entry.id()
                && member.serves();
    }

    private static String nameOf(Members.Entry entry) {
        return entry.name().isEmpty() ? entry.address() : entry.name();
    }

    private boolean anybodyServes() {
        return seen.answers()
            .values()
            .stream()
            .anyMatch(answer -> answer instanceof Answer.Member member && member.serves());
    }

    private Set<Long> clusters() {
        return seen.answers()
            .values()
            .stream()
            .map(answer -> answer instanceof Answer.Member member ? member.cluster() : 0L)
            .filter(cluster -> cluster != 0)
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> membersAnswering() {
        return seen.answers()
            .entrySet()
            .stream()
            .filter(answer -> answer.getValue() instanceof Answer.Member)
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<Set<String>> whoMayHoldACluster(Members known) {
        Set<String> doubtful = others().stream()
            .filter(other -> !(seen.answerOf(other) instanceof Answer.Empty))
            .collect(Collectors.toCollection(TreeSet::new));
        doubtful.addAll(membersAnswering());
        known.entries()
            .stream()
            .map(Members.Entry::name)
            .filter(name -> !name.isEmpty() && group.find(name).isEmpty() && !seen.terminated().contains(name))
            .forEach(doubtful::add);
        return doubtful.isEmpty() ? Optional.empty() : Optional.of(doubtful);
    }

    /** All but this one whose memory may hold something. */
    private Set<String> others() {
        Set<String> others = new TreeSet<>(group.withMemory());
        others.remove(seen.self());
        return others;
    }

    private static Action twoClusters(Set<Long> clusters) {
        return new Action.Wait("an operator: there are two clusters, " + clusters.stream()
            .map(Long::toHexString)
            .collect(Collectors.joining(" and ")));
    }
}
