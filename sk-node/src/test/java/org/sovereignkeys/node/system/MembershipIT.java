/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.AuthorityKey;
import org.sovereignkeys.node.certificate.LocalAuthorityKey;
import org.sovereignkeys.node.etcd.EtcdClient;
import org.sovereignkeys.node.etcd.EtcdException;
import org.sovereignkeys.node.etcd.EtcdStatus;
import org.sovereignkeys.node.membership.Members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Real processes, a real etcd, an emulator of AWS, and machines that are network namespaces. One story, told in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MembershipIT {
    private static final Path FOLDER = Path.of("target", "membership-it").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(200);
    /** After which members of etcd look for another leader: a second by default, or nearly two. */
    private static final Duration ELECTION = Duration.ofSeconds(2);
    private static final int KINDS = 3;
    private static final String PIN = "stands-for-the-pin";
    private static final int REPLACEMENTS = Integer.getInteger("sk.replacements", 5);
    private static final long SEED = Long.getLong("sk.replacements.seed", 20_261_128);

    private static final Map<String, Machine> MACHINES = new TreeMap<>();
    /** The ids of etcd that machines had last. */
    private static final Map<String, Long> MEMBERS = new HashMap<>();
    private static final Map<String, Integer> COUNTS = new TreeMap<>();
    private static Network network;
    private static Cloud cloud;
    private static Outsider friend;
    private static ClusterWatch watch;
    private static EtcdClient client;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void buildNetwork() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/run")) && "root".equals(System.getProperty("user.name")),
                "network namespaces need root");
        Files.createDirectories(FOLDER);
        network = new Network();
        cloud = new Cloud(network);
        friend = new Outsider(new Authority(key()), network.host());
        watch = new ClusterWatch(friend);
        client = new EtcdClient(friend.tls());
    }

    @AfterAll
    static void takeNetworkDown() {
        MACHINES.values().forEach(Machine::end);
        for (AutoCloseable part : new AutoCloseable[]{watch, friend, client, cloud, network}) {
            close(part);
        }
    }

    private static void close(@Nullable AutoCloseable part) {
        try {
            if (part != null) {
                part.close();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The authority's key, as nodes reach it. */
    private static AuthorityKey key() throws Exception {
        byte[] encoded = cloud.kms()
            .getPublicKey(request -> request.keyId(cloud.authorityKey()))
            .publicKey()
            .asByteArray();
        PublicKey publicKey = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
        return new AuthorityKey() {
            @Override
            public PublicKey publicKey() {
                return publicKey;
            }

            @Override
            public byte[] sign(byte[] message) {
                return cloud.kms()
                    .sign(request -> request.keyId(cloud.authorityKey())
                        .message(SdkBytes.fromByteArray(message))
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_384))
                    .signature()
                    .asByteArray();
            }
        };
    }

    @Test
    @Order(1)
    void nobodyFoundsAClusterWhileOneCannotBeAsked() throws Exception {
        launchWhatTheGroupHas();
        Machine last = new ArrayList<>(MACHINES.values()).getLast();
        network.cut(last.namespace(), othersOf(last));
        for (Machine machine : MACHINES.values()) {
            Awaitility.await(machine.instance())
                .atMost(PATIENCE)
                .failFast("sk-node ended", () -> !machine.isRunning())
                .until(() -> machine.log().contains("to answer: what is silent may hold the cluster"));
        }
        assertThat(watch.clusters()).isEmpty();
        network.mend(last.namespace(), othersOf(last));
    }

    @Test
    @Order(2)
    void threeFormOneClusterFromNothing() throws Exception {
        awaitThreeVoters();
        await("the PIN is shared", () -> {
            friend.put(any().address(), PIN);
            return true;
        });
        watch.expect(PIN);
        for (Machine machine : MACHINES.values()) {
            assertThat(machine.notifications()).content().contains("--ready");
            assertThat(machine.command(0, "status"))
                .contains(machine.instance() + " at " + machine.address() + ": member");
        }
        assertThat(any().command(0, "status", "--json")).contains("\"state\":\"member\"", "\"serves\":true");
    }

    @Test
    @Order(3)
    void strangersAreRefusedAtEachPort() throws Exception {
        Outsider selfMade = new Outsider(new Authority(new LocalAuthorityKey()), network.host());
        Outsider elsewhere = new Outsider(new Authority(key()), "10.9.8.7");
        for (Machine machine : MACHINES.values()) {
            for (int port : List.of(2379, 2380, 2381)) {
                assertThat(answer(friend.tls().context(), machine.address(), port)).startsWith("HTTP/1.");
                assertThat(answer(believing(friend), machine.address(), port)).startsWith("HTTP/1.");
                assertThat(answer(believing(null), machine.address(), port)).isEmpty();
                assertThat(answer(believing(selfMade), machine.address(), port)).isEmpty();
            }
            assertThat(answer(friend.tls().context(), machine.address(), 2381)).endsWith("200 OK");
            assertThat(answer(elsewhere.tls().context(), machine.address(), 2381)).endsWith("403 Forbidden");
            try (EtcdClient stranger = new EtcdClient(selfMade.tls())) {
                assertThatThrownBy(() -> stranger.status(machine.address())).isInstanceOf(EtcdException.class);
            }
        }
        assertThat(answer(elsewhere.tls().context(), any().address(), 2380)).isEmpty();
    }

    @Test
    @Order(4)
    void whatIsSharedSurvivesReplacementsAndCutsAndThereIsOneCluster() throws Exception {
        System.out.println("sk.replacements=" + REPLACEMENTS + " sk.replacements.seed=" + SEED);
        for (int i = 1; i <= REPLACEMENTS; i++) {
            disturb(kind(i));
            replace(kind(i));
            awaitThreeVoters();
            assertPinEverywhere();
        }
        assertChangesAreTold();
        report();
        assertOneCluster();
        assertThat(watch.reads()).isGreaterThan(REPLACEMENTS);
    }

    private static void assertChangesAreTold() throws Exception {
        StringBuilder logs = new StringBuilder();
        for (Machine machine : MACHINES.values()) {
            assertThat(machine.log()).contains("the members of cluster ");
            logs.append(machine.log());
        }
        assertThat(logs).contains("the cluster has a new member: ", "the cluster has a member no more: ");
        for (Machine machine : MACHINES.values()) {
            assertThat(logs).contains("(" + machine.instance() + " at " + machine.address());
        }
    }

    private static void report() throws IOException {
        String happened = COUNTS.entrySet()
            .stream()
            .map(event -> event.getValue() + " " + event.getKey())
            .collect(Collectors.joining(", "));
        String report = "seed %d, %d replacements: %s; %d answers of which cluster: %d; %d answers what is shared, %d of them wrong"
            .formatted(SEED, REPLACEMENTS, happened, watch.looks(), watch.clusters().size(), watch.reads(),
                    watch.losses().size());
        System.out.println(report);
        Files.writeString(FOLDER.resolve("membership-%d-%d.txt".formatted(SEED, REPLACEMENTS)), report + "\n");
    }

    @Test
    @Order(5)
    void whenTheMajorityIsLostTheOthersWaitForTheOperator() throws Exception {
        List<Machine> machines = new ArrayList<>(MACHINES.values());
        Machine survivor = machines.remove(random.nextInt(machines.size()));
        for (Machine lost : machines) {
            terminate(lost);
        }
        launchWhatTheGroupHas();
        for (Machine machine : MACHINES.values()) {
            if (machine != survivor) {
                Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> machine.log()
                        .contains("waits for [" + survivor.instance() + "] to have a leader again"));
                assertThat(machine.command(1, "status")).contains("none");
                assertThat(machine.command(1, "found", "--force-new-cluster"))
                    .contains("this node has no data of etcd");
            }
        }
        assertOneCluster();

        survivor.command(0, "found", "--force-new-cluster");

        awaitThreeVoters();
        assertPinEverywhere();
        assertOneCluster();
        assertThat(survivor.command(1, "found", "--force-new-cluster")).contains("nothing is lost");
    }

    @Test
    @Order(6)
    void certificatesAreRenewedInPlace() throws Exception {
        for (Machine machine : MACHINES.values()) {
            Awaitility.await().atMost(PATIENCE).until(() -> machine.log().contains("renewed the certificate"));
        }
        assertPinEverywhere();
    }

    @Test
    @Order(7)
    void whoStartsAnewServesWhileKmsIsAwayAndUnderNoOtherAuthority() throws Exception {
        Machine machine = any();
        long member = answer(() -> client.status(machine.address()).member());
        Path authority = machine.store().resolve("authority.pem");

        machine.stop();
        machine.start(Map.of("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1"));
        awaitThreeVoters();
        assertThat(machine.log()).contains("goes on with the certificate that the store has");
        assertThat(answer(() -> client.status(machine.address()).member())).isEqualTo(member);

        byte[] before = Files.readAllBytes(authority);
        machine.stop();
        machine.start(Map.of("SK_AUTHORITY_KEY", cloud.newKey()));
        Awaitility.await().atMost(PATIENCE).until(() -> machine.log().contains("tell who is responsible for security"));
        assertThat(Outsider.ask(friend.tls().context(), machine.address(), 2379)).isEmpty();
        assertThat(authority).hasBinaryContent(before);

        machine.stop();
        machine.start();
        awaitThreeVoters();
        assertPinEverywhere();
    }

    @Test
    @Order(8)
    void whoLeavesKeepsNothingAndDoesNotComeBackAndWhoEndsCleanlyDoes() throws Exception {
        List<Machine> machines = new ArrayList<>(MACHINES.values());
        Machine leaves = machines.remove(random.nextInt(machines.size()));
        leaves.command(0, "leave");
        assertHasLeft(leaves);
        assertThat(leaves.stop()).isZero();
        leaves.start();

        Machine ends = machines.getFirst();
        long member = answer(() -> client.status(ends.address()).member());
        assertThat(ends.stop()).isZero();
        assertThat(ends.command(3, "status")).contains("does not run here");
        assertThat(network.isIdle(ends.namespace())).isTrue();
        ends.start();

        await("its second process", () -> leaves.command(1, "status").contains("left"));
        assertHasLeft(leaves);
        await("two voters", () -> client.members(ends.address()).entries().size() == 2);
        assertThat(answer(() -> client.status(ends.address()).member())).isEqualTo(member);
        assertThat(answer(() -> friend.get(ends.address()))).containsExactly(PIN);
        assertOneCluster();
    }

    private static void assertHasLeft(Machine machine) throws Exception {
        assertThat(machine.command(1, "status")).contains("left");
        assertThat(machine.store().resolve("key.pem")).doesNotExist();
        assertThat(machine.store().resolve("etcd")).doesNotExist();
    }

    /** Each kind once, then any. */
    private int kind(int i) {
        return i <= KINDS ? i - 1 : random.nextInt(KINDS);
    }

    /** Something that passes. */
    private void disturb(int kind) throws Exception {
        Machine machine = any();
        switch (kind) {
            case 0 -> {
                tell("crashes and starts again", machine);
                machine.crash();
                machine.start();
            }
            case 1 -> {
                tell("is cut off from the others", machine);
                network.cut(machine.namespace(), othersOf(machine));
                awaitLeaderWithout(machine);
                await("without leader", () -> client.status(machine.address()).leader() == 0);
                network.mend(machine.namespace(), othersOf(machine));
            }
            default -> {
                tell("is cut off from all", machine);
                network.unplug(machine.namespace());
                Thread.sleep(ELECTION);
                awaitLeaderWithout(machine);
                network.plugIn(machine.namespace());
            }
        }
        awaitThreeVoters();
    }

    private void replace(int kind) throws Exception {
        Machine machine = any();
        switch (kind) {
            case 0 -> {
                tell("dies and is replaced", machine);
                terminate(machine);
                launchWhatTheGroupHas();
            }
            case 1 -> {
                tell("reboots", machine);
                machine.loseMemory();
                machine.start();
            }
            default -> {
                tell("leaves and is replaced", machine);
                machine.command(0, "leave");
                terminate(machine);
                launchWhatTheGroupHas();
            }
        }
    }

    private static void tell(String what, Machine machine) {
        System.out.println(machine.instance() + " " + what);
        COUNTS.merge(what, 1, Integer::sum);
    }

    /** The others, which are a majority, have one among them. */
    private static void awaitLeaderWithout(Machine machine) {
        long without = MEMBERS.getOrDefault(machine.instance(), 0L);
        await("a leader", () -> MACHINES.values().stream().filter(other -> other != machine).allMatch(other -> {
            long leader = client.status(other.address()).leader();
            return leader != 0 && leader != without;
        }));
    }

    private static void await(String what, Callable<Boolean> condition) {
        awaiting(what).until(condition);
    }

    /** The first answer, right or wrong: only who gives none is asked again. */
    private static <T> T answer(Callable<T> question) {
        return awaiting("an answer").until(question, _ -> true);
    }

    private static String answer(SSLContext context, String address, int port) {
        return answer(() -> Outsider.ask(context, address, port));
    }

    private static ConditionFactory awaiting(String what) {
        return Awaitility.await(what)
            .atMost(PATIENCE)
            .pollInterval(BETWEEN_POLLS)
            .failFast("sk-node ended", () -> !MACHINES.values().stream().allMatch(Machine::isRunning))
            .ignoreExceptions();
    }

    private static void terminate(Machine machine) {
        MACHINES.remove(machine.instance());
        watch.remove(machine.address());
        machine.end();
        cloud.terminate(machine.instance());
    }

    private static void launchWhatTheGroupHas() throws IOException {
        for (Map.Entry<String, String> instance : cloud.instances().entrySet()) {
            if (!MACHINES.containsKey(instance.getKey())) {
                Machine machine = new Machine(network, cloud, instance.getKey(), instance.getValue(), FOLDER);
                MACHINES.put(instance.getKey(), machine);
                watch.add(machine.address());
                machine.start();
            }
        }
    }

    private Machine any() {
        List<Machine> machines = new ArrayList<>(MACHINES.values());
        return machines.get(random.nextInt(machines.size()));
    }

    private static List<String> othersOf(Machine machine) {
        return MACHINES.values().stream().filter(other -> other != machine).map(Machine::address).toList();
    }

    /** Each of the three has a vote, and tells so. */
    private static void awaitThreeVoters() {
        await("three voters", () -> {
            for (Machine machine : MACHINES.values()) {
                if (!knowsThreeVoters(machine)) {
                    return false;
                }
            }
            return true;
        });
        assertOneCluster();
    }

    private static boolean knowsThreeVoters(Machine machine) throws SocketTimeoutException {
        if (!Outsider.ask(friend.tls().context(), machine.address(), 2381).endsWith("200 OK")) {
            return false; // a killed sk-node leaves etcd, which serves on
        }
        Members members = client.members(machine.address());
        EtcdStatus status = client.status(machine.address());
        MEMBERS.put(machine.instance(), status.member());
        return status.leader() != 0 && members.entries().size() == 3
                && members.entries().stream().allMatch(entry -> !entry.learner() && MACHINES.containsKey(entry.name()));
    }

    private static void assertPinEverywhere() {
        for (Machine machine : MACHINES.values()) {
            assertThat(answer(() -> friend.get(machine.address()))).containsExactly(PIN);
        }
    }

    private static void assertOneCluster() {
        assertThat(watch.clusters()).hasSize(1);
        assertThat(watch.losses()).isEmpty();
    }

    /** A context that believes everything, and shows the outsider's certificate, if there is one. */
    private static SSLContext believing(@Nullable Outsider outsider) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(outsider == null ? null : new KeyManager[]{outsider.tls().keyManager()},
                new TrustManager[]{new Credulous()}, null);
        return context;
    }

    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
