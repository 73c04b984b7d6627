/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import io.etcd.jetcd.ByteSequence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.etcd.CertificateAuthority;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdServer;
import org.sovereignkeys.etcd.EtcdUnavailableException;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** Nodes on one HSM that share secrets and numbers over etcd, and write one log. */
class ClusterIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final byte[] NOTHING = {};

    @TempDir
    Path folder;

    private final List<ServiceProcess> nodes = new ArrayList<>();
    private final AwsServer aws = AwsServer.moto();
    private final String log = aws.newBucket();
    private EtcdServer etcd;
    private ServiceHome home;

    @BeforeEach
    void start() {
        CertificateAuthority authority = CertificateAuthority.in(folder, "authority");
        EtcdSettings files = authority.issue("node");
        etcd = EtcdServer.start(authority.issue("member", "127.0.0.1"));
        home = ServiceHome.make(folder.resolve("node-0"), "cloudhsm");
        home.shareOver(etcd.endpoint(), files);
        home.keepLogOnAws(log, aws.environment());
        nodes.add(ServiceProcess.start(home));
    }

    @AfterEach
    void stop() {
        nodes.forEach(ServiceProcess::close);
        etcd.close();
    }

    @Test
    void secretsGivenToOneNodeReachAllAndOutliveEachOfThem() {
        nodes.add(newNode("node-1"));
        nodes.add(newNode("node-2"));
        nodes.get(1).send("PUT", "/client-key", Map.of(), home.clientKey());
        assertThat(nodes.get(1).putPin(home.pin()).status()).isEqualTo(204);
        for (ServiceProcess node : nodes) {
            ServiceProcess.await("ready", SOON, () -> isReady(node));
            generate(node);
        }
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
        assertThat(nodes.getFirst().putPin(home.pin()).text("detail")).isEqualTo("PIN already present");
        assertThat(nodes.getFirst().send("PUT", "/client-key", Map.of(), home.clientKey()).text("detail"))
            .isEqualTo("CLIENT KEY already present");

        for (int i = 0; i < 3; i++) {
            nodes.get(i).kill();
            ServiceProcess replacement = newNode("replacement-" + i);
            nodes.set(i, replacement);
            ServiceProcess.await("ready without an operator", Duration.ofSeconds(10), () -> isReady(replacement));
        }
        nodes.forEach(node -> ServiceProcess.await("ready", SOON, () -> isReady(node)));
    }

    @Test
    void nodesKeepTheirSecretsThroughAnOutageOfEtcdAndPutThemBack() {
        nodes.add(newNode("node-1"));
        nodes.getFirst().giveSecrets();
        ServiceProcess.await("ready", SOON, () -> isReady(nodes.get(1)));
        nodes.forEach(ClusterIT::generate);
        etcd.kill();
        for (ServiceProcess node : nodes) {
            ServiceProcess.await("unhealthy", SOON, () -> !isReady(node));
            assertThat(health(node).text("detail")).isEqualTo("This node is waiting for etcd to answer.");
            assertThat(node.putPin(home.pin()).status()).isEqualTo(503);
            assertThat(node.send("PUT", "/client-key", Map.of(), home.clientKey()).status()).isEqualTo(503);
        }
        etcd.restart();
        nodes.forEach(node -> ServiceProcess.await("healed", SOON, () -> isReady(node)));

        etcd.restartEmpty();
        nodes.forEach(node -> ServiceProcess.await("healed again", SOON, () -> isReady(node)));
        for (ServiceProcess node : nodes) {
            ServiceProcess.await("a number", SOON, () -> generated(node).status() == 200);
        }
        ServiceProcess.await("a log without gap", SOON,
                () -> numbers().equals(LongStream.rangeClosed(1, numbers().size()).boxed().toList()));
        assertThat(numbers()).hasSizeGreaterThanOrEqualTo(4);
        ServiceProcess fresh = newNode("node-2");
        nodes.add(fresh);
        ServiceProcess.await("ready without an operator", Duration.ofSeconds(10), () -> isReady(fresh));
    }

    @Test
    void nodeLeavesTheFirstKeysToTheOneThatClaimedThem() {
        ServiceProcess node = nodes.getFirst();
        ByteSequence claim = ByteSequence.from("sovereign-keys/first-keys", US_ASCII);
        try (EtcdConnection connection = etcd.connect()) {
            // The first call of this process may take longer than a call is given.
            Awaitility.await()
                .ignoreException(EtcdUnavailableException.class)
                .until(() -> connection.call(client -> client.getKVClient()
                    .put(claim, ByteSequence.from("a node that died", US_ASCII))) != null);
            node.send("PUT", "/client-key", Map.of(), home.clientKey());

            assertThat(node.putPin(home.pin()).status()).isEqualTo(503);
            assertThat(node.isAlive()).isTrue();
            assertThat(home.serviceLog()).contains("which claimed it in etcd (sovereign-keys/first-keys)")
                .contains("a node that died");

            connection.call(client -> client.getKVClient().delete(claim));
            assertThat(node.putPin(home.pin()).status()).isEqualTo(204);
        }
    }

    @Test
    void strangerIsToldNothing() {
        ServiceHome stranger = home.nodeBeside(folder.resolve("stranger"));
        stranger.shareOver(etcd.endpoint(), CertificateAuthority.in(folder, "other").issue("stranger"));
        nodes.getFirst().giveSecrets();
        ServiceProcess node = ServiceProcess.start(stranger);
        nodes.add(node);

        assertThat(health(node).text("detail")).isEqualTo("This node is waiting for etcd to answer.");
        assertThat(stranger.clientKeyFile()).doesNotExist();
    }

    private ServiceProcess newNode(String name) {
        return ServiceProcess.start(home.nodeBeside(folder.resolve(name)));
    }

    private static void generate(ServiceProcess node) {
        assertThat(generated(node).status()).isEqualTo(200);
    }

    private static Answer generated(ServiceProcess node) {
        return Instance.of(node, ServiceHome.VPC).generate("v");
    }

    /** Those of the entries in the log. */
    private List<Long> numbers() {
        return aws.s3()
            .listObjectVersions(list -> list.bucket(log).prefix(ServiceHome.VPC + "/"))
            .versions()
            .stream()
            .map(version -> Long.parseLong(version.key().replaceAll(".*/|\\.json", "")))
            .toList();
    }

    private static boolean isReady(ServiceProcess node) {
        return health(node).status() == 204;
    }

    private static Answer health(ServiceProcess node) {
        return node.send("GET", "/healthcheck", Map.of(), NOTHING);
    }
}
