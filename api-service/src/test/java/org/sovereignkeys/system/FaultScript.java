/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.chaos.Loss;
import org.sovereignkeys.etcd.BreakableWay.State;
import org.sovereignkeys.memorys3.Fault;

/**
 * Breaks a cluster under load, scene by scene, in an order that the seed gives; each kind once before any comes again. A
 * scene leaves all parts running.
 */
final class FaultScript {
    private static final Logger LOG = LoggerFactory.getLogger(FaultScript.class);
    private static final Duration CALM = Duration.ofSeconds(1);
    private static final Duration CALLS_LIMIT = Duration.ofSeconds(20);

    /** What is done to the cluster. */
    enum Deed {
        NODE_KILLED, NODE_PAUSED, NODE_CUT_FROM_ETCD, NODE_CUT_FROM_S3, MEMBER_KILLED, MEMBER_PAUSED, MEMBER_CUT, S3_DISTURBED, ETCD_WIPED
    }

    private final ChaosCluster cluster;
    private final Random random;
    private final Map<Deed, Integer> done = new EnumMap<>(Deed.class);
    private final Map<Deed, Integer> midCall = new EnumMap<>(Deed.class);
    private final List<Loss> losses = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger epoch = new AtomicInteger();

    FaultScript(ChaosCluster cluster, long seed) {
        this.cluster = cluster;
        this.random = new Random(seed);
    }

    /** One way to break it. */
    private interface Scene {
        void play() throws InterruptedException;
    }

    /** Plays all scenes at least once, and goes on until the time is over. */
    void run(Duration duration) throws InterruptedException {
        Instant end = Instant.now().plus(duration);
        List<Map.Entry<String, Scene>> rest = new ArrayList<>();
        boolean playedAll = false;
        while (!playedAll || Instant.now().isBefore(end)) {
            if (rest.isEmpty()) {
                rest.addAll(scenes());
                Collections.shuffle(rest, random);
            }
            Map.Entry<String, Scene> scene = rest.removeLast();
            LOG.info("{}", scene.getKey());
            scene.getValue().play();
            cluster.awaitReady();
            Thread.sleep(CALM);
            playedAll |= rest.isEmpty();
        }
    }

    private List<Map.Entry<String, Scene>> scenes() {
        return List.of(Map.entry("a node is killed", this::killNode),
                Map.entry("a node is killed while S3 hangs", this::killNodeWhileS3Hangs),
                Map.entry("a node stands still, for less than its lease", () -> pauseNode(3)),
                Map.entry("a node stands still, for longer than its lease", () -> pauseNode(13)),
                Map.entry("a node is cut off from etcd", () -> cutFromEtcd(State.CUT, 5)),
                Map.entry("a node hears nothing of etcd, for longer than its lease",
                        () -> cutFromEtcd(State.SILENT, 12)),
                Map.entry("a node is cut off from S3", this::cutFromS3),
                Map.entry("a member of etcd is killed", this::killMember),
                Map.entry("two members of etcd are killed", this::killMajority),
                Map.entry("a member of etcd stands still", this::pauseMember),
                Map.entry("a member of etcd cannot be reached by its peers", this::cutMember),
                Map.entry("S3 fails half of the puts", () -> disturbS3(Fault.Kind.FAILING)),
                Map.entry("S3 stores and does not say so", () -> disturbS3(Fault.Kind.SERVED_UNANSWERED)),
                Map.entry("S3 is slow", this::slowS3), Map.entry("etcd is wiped", this::wipeEtcd),
                Map.entry("etcd is wiped while a node has entries that it cannot store", this::wipeBehindCutNode),
                Map.entry("etcd is wiped while a node stands still", this::wipeBehindPausedNode),
                Map.entry("all nodes and etcd are lost together", this::loseEverything));
    }

    private void killNode() throws InterruptedException {
        ChaosNode node = anyNode();
        kill(node);
        Thread.sleep(1000);
        node.start();
    }

    private void killNodeWhileS3Hangs() throws InterruptedException {
        ChaosNode node = anyNode();
        hit(Deed.S3_DISTURBED, cluster::callsUnderWay);
        cluster.s3().disturb(Fault.Kind.HANGING, 0.5, cluster.logBucket());
        Thread.sleep(1500);
        kill(node);
        cluster.s3().mend();
        Thread.sleep(1000);
        node.start();
    }

    private void pauseNode(int seconds) throws InterruptedException {
        ChaosNode node = anyNode();
        hit(Deed.NODE_PAUSED, node.callsUnderWay()::get);
        node.pause();
        Thread.sleep(seconds * 1000L);
        node.resume();
    }

    private void cutFromEtcd(State state, int seconds) throws InterruptedException {
        ChaosNode node = anyNode();
        hit(Deed.NODE_CUT_FROM_ETCD, node.callsUnderWay()::get);
        node.setWaysToEtcd(state);
        Thread.sleep(seconds * 1000L);
        node.setWaysToEtcd(State.OPEN);
    }

    private void cutFromS3() throws InterruptedException {
        ChaosNode node = anyNode();
        hit(Deed.NODE_CUT_FROM_S3, node.callsUnderWay()::get);
        node.setWayToS3(random.nextBoolean() ? State.CUT : State.SILENT);
        Thread.sleep(5000);
        node.setWayToS3(State.OPEN);
    }

    private void killMember() throws InterruptedException {
        int member = anyMember();
        hit(Deed.MEMBER_KILLED, cluster::callsUnderWay);
        cluster.etcd().member(member).kill();
        Thread.sleep(4000);
        cluster.etcd().member(member).restart();
    }

    private void killMajority() throws InterruptedException {
        int spared = anyMember();
        hit(Deed.MEMBER_KILLED, cluster::callsUnderWay);
        hit(Deed.MEMBER_KILLED, cluster::callsUnderWay);
        for (int member = 0; member < ChaosCluster.SIZE; member++) {
            if (member != spared) {
                cluster.etcd().member(member).kill();
            }
        }
        Thread.sleep(4000);
        cluster.etcd().restartAll();
    }

    private void pauseMember() throws InterruptedException {
        int member = anyMember();
        hit(Deed.MEMBER_PAUSED, cluster::callsUnderWay);
        cluster.etcd().member(member).pause();
        Thread.sleep(6000);
        cluster.etcd().member(member).resume();
    }

    private void cutMember() throws InterruptedException {
        int member = anyMember();
        hit(Deed.MEMBER_CUT, cluster::callsUnderWay);
        cluster.etcd().wayToMember(member).set(random.nextBoolean() ? State.CUT : State.SILENT);
        Thread.sleep(5000);
        cluster.etcd().wayToMember(member).set(State.OPEN);
    }

    private void disturbS3(Fault.Kind fault) throws InterruptedException {
        hit(Deed.S3_DISTURBED, cluster::callsUnderWay);
        cluster.s3().disturb(fault, 0.5, cluster.logBucket());
        Thread.sleep(4000);
        cluster.s3().mend();
    }

    private void slowS3() throws InterruptedException {
        hit(Deed.S3_DISTURBED, cluster::callsUnderWay);
        cluster.s3().delayPuts(Duration.ofMillis(1500));
        Thread.sleep(5000);
        cluster.s3().delayPuts(ChaosCluster.PUT_DELAY);
    }

    private void wipeBehindCutNode() throws InterruptedException {
        ChaosNode node = anyNode();
        hit(Deed.NODE_CUT_FROM_S3, node.callsUnderWay()::get);
        node.setWayToS3(State.CUT);
        Thread.sleep(1500);
        wipeEtcd();
        Thread.sleep(5000);
        node.setWayToS3(State.OPEN);
    }

    private void wipeBehindPausedNode() throws InterruptedException {
        ChaosNode node = anyNode();
        hit(Deed.NODE_PAUSED, node.callsUnderWay()::get);
        node.pause();
        wipeEtcd();
        Thread.sleep(11_000);
        node.resume();
    }

    /** Some of the entries in flight are stored, others are not, when those who have them on record die. */
    private void loseEverything() throws InterruptedException {
        hit(Deed.S3_DISTURBED, cluster::callsUnderWay);
        cluster.s3().disturb(Fault.Kind.HANGING, 0.5, cluster.logBucket());
        Thread.sleep(1500);
        hit(Deed.ETCD_WIPED, cluster::callsUnderWay);
        Instant begin = Instant.now();
        for (ChaosNode node : cluster.nodes()) {
            kill(node);
        }
        wipeEtcd(begin);
        cluster.s3().mend();
        cluster.nodes().forEach(ChaosNode::start);
        cluster.giveSecrets();
    }

    private void kill(ChaosNode node) throws InterruptedException {
        hit(Deed.NODE_KILLED, node.callsUnderWay()::get);
        node.kill();
    }

    private void wipeEtcd() throws InterruptedException {
        hit(Deed.ETCD_WIPED, cluster::callsUnderWay);
        wipeEtcd(Instant.now());
    }

    private void wipeEtcd(Instant begin) {
        epoch.incrementAndGet();
        cluster.etcd().wipe();
        epoch.incrementAndGet();
        losses.add(new Loss(begin, Instant.now()));
    }

    private ChaosNode anyNode() {
        return cluster.node(random.nextInt(ChaosCluster.SIZE));
    }

    private int anyMember() {
        return random.nextInt(ChaosCluster.SIZE);
    }

    /** To be called just before the deed: waits until calls are under way at what it will hit. */
    private void hit(Deed deed, IntSupplier callsUnderWay) throws InterruptedException {
        Instant limit = Instant.now().plus(CALLS_LIMIT);
        while (callsUnderWay.getAsInt() == 0 && Instant.now().isBefore(limit)) {
            Thread.sleep(5);
        }
        done.merge(deed, 1, Integer::sum);
        midCall.merge(deed, callsUnderWay.getAsInt() > 0 ? 1 : 0, Integer::sum);
    }

    /** How often each was done. */
    Map<Deed, Integer> done() {
        return done;
    }

    /** How often calls were under way then at what it hit. */
    Map<Deed, Integer> midCall() {
        return midCall;
    }

    /** When etcd's data was lost. */
    List<Loss> losses() {
        return List.copyOf(losses);
    }

    /** Another value after each loss of etcd's data, and odd while that happens. */
    int epoch() {
        return epoch.get();
    }
}
