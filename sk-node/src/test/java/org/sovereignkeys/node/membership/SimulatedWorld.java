/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A group of instances with the real {@link Decision} and {@link Pledge}, on a model of AWS, the network and etcd. Each step
 * of a node is one of its own: between what it saw and what it does, between two promises, between its addition and its
 * start, anything may happen. What AWS tells is up to some steps old.
 */
final class SimulatedWorld {
    private static final int DESIRED = 3;
    /** AWS tells of a change after so many steps at the latest. */
    private static final int OLDEST_VIEW = 20;
    private static final int SETTLING = 25;
    private static final int PATIENCE = 60;

    private final Random random;
    private final Deque<String> story = new ArrayDeque<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Set<Set<String>> cuts = new HashSet<>();
    private final TreeMap<Long, Group> groups = new TreeMap<>();
    private final Map<Long, Cluster> clusters = new HashMap<>();
    private long now;
    private long lastId = 100;
    private boolean isCalm;
    private long lastBreak;

    SimulatedWorld(long seed) {
        random = new Random(seed);
        groups.put(Long.MIN_VALUE, new Group(DESIRED, List.of()));
    }

    /** etcd, without its log: a member serves while it reaches a majority of the voters, which hold their data. */
    private final class Cluster {
        private final long id = ++lastId;
        private final Map<Long, Members.Entry> entries = new TreeMap<>();

        Members members() {
            return new Members(id, List.copyOf(entries.values()));
        }

        boolean serves(Node node) {
            Members members = members();
            long reached = members.voters().stream().filter(voter -> isReached(node, voter.id())).count();
            return entries.containsKey(node.member) && reached >= Members.majorityOf(members.voters().size());
        }

        private boolean isReached(Node from, long member) {
            return nodes.values()
                .stream()
                .anyMatch(
                        node -> node.cluster == this && node.member == member && node.etcdRuns && reaches(from, node));
        }

        /** Whether enough voters hold their data, though they may not reach each other at the moment. */
        boolean hasMajority() {
            List<Members.Entry> voters = members().voters();
            long holding = voters.stream()
                .filter(voter -> nodes.values()
                    .stream()
                    .anyMatch(node -> node.cluster == this && node.member == voter.id()))
                .count();
            return holding >= Members.majorityOf(voters.size());
        }

        /** The first that serves: who that is does not matter to the rules. */
        long leader() {
            return nodes.values()
                .stream()
                .filter(node -> node.cluster == this && isVoter(node) && serves(node))
                .mapToLong(node -> node.member)
                .findFirst()
                .orElse(0);
        }

        boolean isVoter(Node node) {
            Members.Entry entry = entries.get(node.member);
            return entry != null && !entry.learner();
        }
    }

    /** An instance, with the process on it and the memory of both. */
    private final class Node {
        private final String id;
        private final String address;
        private Instance.Phase phase = Instance.Phase.ACTIVE;
        private boolean isUp = true;
        private boolean processRuns = true;
        private boolean etcdRuns;
        private @Nullable Cluster cluster;
        private long member;
        private @Nullable Promise stored;
        private Pledge pledge;
        private GroupHistory history;
        private boolean leaving;
        private long seenAt;
        private @Nullable Runnable next;

        Node(String id, String address) {
            this.id = id;
            this.address = address;
            this.pledge = newPledge();
            this.history = newHistory();
        }

        private Pledge newPledge() {
            return new Pledge(id, "incarnation-" + ++lastId, new Pledge.Memory() {
                @Override
                public @Nullable Promise load() {
                    return stored;
                }

                @Override
                public void store(@Nullable Promise promise) {
                    stored = promise;
                }
            }, SimulatedWorld.this::nanos);
        }

        private GroupHistory newHistory() {
            return new GroupHistory(id, SimulatedWorld.this::nanos, Duration.ofSeconds(SETTLING),
                    Duration.ofSeconds(PATIENCE));
        }

        boolean hasLeft() {
            return leaving && cluster == null;
        }

        boolean answers() {
            return isUp && processRuns;
        }

        Answer answer() {
            return cluster == null
                    ? pledge.answer()
                    : new Answer.Member(cluster.id, member, etcdRuns && cluster.serves(this), !cluster.isVoter(this));
        }

        Own own() {
            return cluster == null
                    ? new Own.Empty()
                    : new Own.Member(cluster.id, member, etcdRuns,
                            etcdRuns && cluster.serves(this) ? cluster.leader() : 0,
                            !cluster.isVoter(this));
        }

        void loseData() {
            cluster = null;
            member = 0;
            etcdRuns = false;
        }

        void step() {
            if (!answers()) {
                return;
            }
            if (next == null) {
                Observation seen = observe(this);
                next = hasLeft() ? () -> {} : () -> act(seen);
            } else {
                Runnable step = next;
                next = null;
                step.run();
            }
        }

        private void act(Observation seen) {
            Action action = Decision.next(seen);
            if (!(action instanceof Action.Wait || action instanceof Action.Serve)) {
                tell(id + " does " + action);
            }
            switch (action) {
                case Action.Start _ -> etcdRuns = true;
                case Action.Discard _ -> discard();
                case Action.Found found -> found(found.others());
                case Action.Forget forget -> pledge.forget(forget.promise());
                case Action.Remove remove -> remove(this, voter(this, seen), remove.member().id());
                case Action.Join _ -> join(seen);
                case Action.Promote _ -> promote(seen);
                case Action.Leave _ -> leave(seen);
                case Action.Serve _,Action.Wait _ -> {
                }
            }
        }

        private void discard() {
            check(cluster == null || !cluster.entries.containsKey(member), id + " deletes data of a member");
            loseData();
        }

        private void found(Set<String> others) {
            FoundingRequest request = pledge.begin();
            if (request != null) {
                ask(request, new ArrayDeque<>(others));
            }
        }

        private void ask(FoundingRequest request, Deque<String> others) {
            String other = others.poll();
            if (other == null) {
                next = () -> {
                    Cluster founded = new Cluster();
                    clusters.put(founded.id, founded);
                    cluster = founded;
                    check(!leaving, id + " has left, and founds");
                    member = ++lastId;
                    founded.entries.put(member, new Members.Entry(member, id, address, false));
                    etcdRuns = true;
                    pledge.end();
                    tell(id + " has founded " + founded.id);
                };
                return;
            }
            next = () -> {
                Node peer = nodes.get(other);
                boolean isLost = !isCalm && random.nextInt(10) == 0;
                boolean isGranted = peer != null && peer.answers() && reaches(this, peer) && peer.cluster == null
                        && peer.pledge.grant(request);
                tell(other + (isGranted ? " promises " : " does not promise ") + request.promise());
                if (isGranted && !isLost) {
                    ask(request, others);
                } else {
                    late(peer, request);
                    pledge.end();
                }
            };
        }

        /** What was sent and not answered may arrive at any time. */
        private void late(@Nullable Node peer, FoundingRequest request) {
            if (peer != null && random.nextInt(4) == 0) {
                delayed.add(() -> {
                    if (peer.answers() && peer.cluster == null && peer.pledge.grant(request)) {
                        tell(peer.id + " promises late " + request.promise());
                    }
                });
            }
        }

        private void join(Observation seen) {
            Node via = voter(this, seen);
            if (via == null || via.cluster == null
                    || via.cluster.entries.values().stream().anyMatch(Members.Entry::learner)) {
                return;
            }
            Cluster joined = via.cluster;
            long added = ++lastId;
            joined.entries.put(added, new Members.Entry(added, "", address, true));
            next = () -> {
                if (joined.entries.containsKey(added)) {
                    check(!leaving, id + " has left, and joins");
                    joined.entries.put(added, new Members.Entry(added, id, address, true));
                    cluster = joined;
                    member = added;
                    etcdRuns = true;
                }
            };
        }

        private void promote(Observation seen) {
            Node via = otherVoter(this, seen);
            if (via != null && via.cluster != null && via.cluster == cluster && cluster.entries.containsKey(member)) {
                cluster.entries.put(member, new Members.Entry(member, id, address, false));
            }
        }

        private void leave(Observation seen) {
            leaving = true;
            next = () -> {
                if (cluster == null || remove(this, otherVoter(this, seen), member)) {
                    loseData();
                }
            };
        }
    }

    private final List<Runnable> delayed = new ArrayList<>();

    private @Nullable Node voter(Node asker, Observation seen) {
        return voters(asker, seen).findFirst().orElse(null);
    }

    private @Nullable Node otherVoter(Node asker, Observation seen) {
        return voters(asker, seen).filter(node -> node != asker).findFirst().orElse(null);
    }

    private Stream<Node> voters(Node asker, Observation seen) {
        Cluster cluster = seen.members() == null ? null : clusters.get(seen.members().cluster());
        return nodes.values()
            .stream()
            .filter(node -> node.isUp && node.etcdRuns && node.cluster != null && node.cluster == cluster
                    && reaches(asker, node) && cluster.isVoter(node) && cluster.serves(node));
    }

    private boolean remove(Node asker, @Nullable Node via, long member) {
        if (via == null || via.cluster == null) {
            return false;
        }
        Cluster cluster = via.cluster;
        if (cluster.members().voters().stream().allMatch(voter -> voter.id() == member)) {
            return false; // etcd refuses that
        }
        Members.Entry removed = cluster.entries.remove(member);
        nodes.values()
            .stream()
            .filter(node -> node != asker && node.isUp && node.cluster == cluster && node.member == member)
            .forEach(node -> check(false, asker.id + " removes " + node.id + ", which lives"));
        boolean isWell = cluster.hasMajority();
        // What breaks between the look and the removal cannot be seen; etcd's own check is closer to it.
        boolean hasBrokenSince = lastBreak >= asker.seenAt;
        check(isWell || removed == null || hasBrokenSince, "without " + removed + " the cluster has no majority");
        return true;
    }

    /** In the order of {@code Lookout}. */
    private Observation observe(Node node) {
        node.seenAt = now;
        Promise promise = node.pledge.given();
        Own own = node.own();
        Group group = groups.floorEntry(now - (isCalm ? 0 : random.nextInt(OLDEST_VIEW))).getValue();
        node.history.saw(group);
        Map<String, Answer> answers = new HashMap<>();
        nodes.values()
            .stream()
            .filter(other -> other != node && other.answers() && reaches(node, other))
            .filter(other -> group.find(other.id).isPresent()
                    || (other.cluster != null && other.cluster == node.cluster))
            .forEach(other -> answers.put(other.id, other.answer()));
        Members members = members(node, answers);
        Set<String> outside = members == null
                ? new TreeSet<>()
                : members.entries().stream().map(Members.Entry::name).collect(Collectors.toCollection(TreeSet::new));
        if (promise != null) {
            outside.add(promise.founder());
        }
        outside.removeIf(name -> name.isEmpty() || group.find(name).isPresent() || nodes.containsKey(name));
        Observation.Steadiness steadiness = node.history.steadiness();
        node.pledge.saw(group.withMemory(), steadiness != Observation.Steadiness.CHANGING
                && own instanceof Own.Empty && answers.values().stream().noneMatch(Answer.Member.class::isInstance));
        return new Observation(node.id, node.address, own, group, answers, members, outside, vacant(members), promise,
                steadiness, node.leaving || node.history.isDrained());
    }

    private Set<String> vacant(@Nullable Members members) {
        return members == null
                ? Set.of()
                : members.entries()
                    .stream()
                    .map(Members.Entry::address)
                    .filter(address -> nodes.values().stream().noneMatch(node -> node.address.equals(address)))
                    .collect(Collectors.toSet());
    }

    private @Nullable Members members(Node node, Map<String, Answer> answers) {
        if (node.cluster != null && node.etcdRuns && node.cluster.isVoter(node) && node.cluster.serves(node)) {
            return node.cluster.members();
        }
        return answers.keySet()
            .stream()
            .map(nodes::get)
            .filter(Objects::nonNull)
            .filter(other -> other.cluster != null && other.etcdRuns && other.cluster.isVoter(other)
                    && other.cluster.serves(other))
            .map(other -> other.cluster == null ? null : other.cluster.members())
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    }

    private boolean reaches(Node from, Node to) {
        return from == to || (from.isUp && to.isUp && !cuts.contains(Set.of(from.id, to.id)));
    }

    /** Anything happens, some steps long. */
    void live(int steps) {
        for (int i = 0; i < steps; i++) {
            now++;
            happen();
            work();
        }
    }

    /** Nothing breaks any more, and what was cut is mended. */
    void calmDown(int steps) {
        isCalm = true;
        cuts.clear();
        nodes.values().stream().filter(node -> !node.processRuns).forEach(this::revive);
        for (int i = 0; i < steps; i++) {
            now++;
            nodes.values().stream().filter(Node::hasLeft).findFirst().ifPresent(this::terminate);
            if (nodes.size() < DESIRED) {
                launch();
            }
            work();
        }
    }

    private void work() {
        List<Node> awake = new ArrayList<>(nodes.values());
        if (!awake.isEmpty()) {
            awake.get(random.nextInt(awake.size())).step();
        }
        if (!delayed.isEmpty() && random.nextInt(5) == 0) {
            delayed.remove(random.nextInt(delayed.size())).run();
        }
        check(holding().size() <= 1, "there are clusters " + holding());
    }

    /** The clusters of which any instance has data. */
    Set<Long> holding() {
        return nodes.values()
            .stream()
            .map(node -> node.cluster)
            .filter(Objects::nonNull)
            .map(cluster -> cluster.id)
            .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a cluster has lost its majority for good, so that it waits for an operator. */
    boolean isLostForGood() {
        return nodes.values().stream().anyMatch(node -> node.cluster != null && !node.cluster.hasMajority());
    }

    boolean allServe() {
        return nodes.size() == DESIRED && nodes.values()
            .stream()
            .allMatch(node -> node.cluster != null && node.etcdRuns && node.cluster.isVoter(node)
                    && node.cluster.serves(node) && node.cluster.entries.size() == DESIRED);
    }

    private void happen() {
        List<Node> all = new ArrayList<>(nodes.values());
        if (nodes.size() < DESIRED && random.nextInt(8) == 0) {
            launch();
        }
        if (all.isEmpty()) {
            return;
        }
        Node node = all.get(random.nextInt(all.size()));
        switch (random.nextInt(200)) {
            case 0, 1 -> crash(node);
            case 2 -> reboot(node);
            case 3 -> terminate(node);
            case 4 -> announceTermination(node);
            case 5, 6 -> cut(node, all.get(random.nextInt(all.size())));
            case 7, 8, 9, 10 -> cuts.clear();
            case 11, 12 -> killEtcd(node);
            case 13 -> commandToLeave(node);
            default ->
                all.stream().filter(other -> !other.processRuns && random.nextInt(10) == 0).forEach(this::revive);
        }
    }

    private void launch() {
        String id = "i-" + (char) ('a' + random.nextInt(26)) + ++lastId;
        // Addresses are used again.
        Set<String> taken = nodes.values().stream().map(node -> node.address).collect(Collectors.toSet());
        String address = List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")
            .stream()
            .filter(candidate -> !taken.contains(candidate))
            .findFirst()
            .orElseThrow();
        nodes.put(id, new Node(id, address));
        tell(id + " is launched at " + address);
        publish();
    }

    private void crash(Node node) {
        lastBreak = now;
        tell(node.id + " crashes");
        node.processRuns = false;
        node.etcdRuns = false;
        node.next = null;
    }

    private void revive(Node node) {
        tell(node.id + " starts again");
        node.processRuns = true;
        node.pledge = node.newPledge();
        node.history = node.newHistory();
    }

    private void reboot(Node node) {
        tell(node.id + " reboots");
        crash(node);
        node.loseData();
        node.stored = null;
        node.leaving = false;
    }

    private void killEtcd(Node node) {
        lastBreak = now;
        node.etcdRuns = false;
    }

    private void terminate(Node node) {
        lastBreak = now;
        tell(node.id + " is terminated");
        node.isUp = false;
        nodes.remove(node.id);
        publish();
    }

    private void announceTermination(Node node) {
        tell(node.id + " is going to be terminated");
        node.phase = Instance.Phase.TERMINATING;
        publish();
        delayed.add(() -> {
            if (nodes.containsKey(node.id)) {
                terminate(node);
            }
        });
    }

    private void commandToLeave(Node node) {
        if (node.answers() && node.next == null && !node.hasLeft()) {
            Observation seen = observe(node);
            if (Decision.objectionToLeaving(seen).isEmpty()) {
                tell(node.id + " is told to leave");
                node.next = () -> node.leave(seen);
            }
        }
    }

    private void cut(Node one, Node other) {
        lastBreak = now;
        if (one != other) {
            tell(one.id + " and " + other.id + " are cut off from each other");
            cuts.add(Set.of(one.id, other.id));
        }
    }

    private void publish() {
        groups.put(now, new Group(DESIRED,
                nodes.values().stream().map(node -> new Instance(node.id, node.address, node.phase)).toList()));
    }

    private long nanos() {
        return Duration.ofSeconds(now).toNanos();
    }

    private void tell(String what) {
        story.add(now + ": " + what);
        if (story.size() > 60) {
            story.remove();
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise + "\n" + story());
        }
    }

    String story() {
        return String.join("\n", story);
    }
}
