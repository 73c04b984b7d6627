/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.S3Process;
import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.etcd.CertificateAuthority;
import org.sovereignkeys.etcd.EtcdCluster;

/** Three nodes, three members of etcd, and an S3, each a process, and every way between them breakable. */
final class ChaosCluster implements AutoCloseable {
    static final int SIZE = 3;
    static final List<String> VPCS = List.of("vpc-0b1e8a8e776a87423", "vpc-0aaaaaaaaaaaaaaaa", "vpc-0bbbbbbbbbbbbbbbb",
            "vpc-0dddddddddddddddd");
    private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);

    /** What a put takes when nothing is wrong. */
    static final Duration PUT_DELAY = Duration.ofMillis(20);
    private final S3Process s3 = S3Process.start(PUT_DELAY);
    private final AwsServer aws = AwsServer.at(s3.url());
    private final String log = aws.newBucket();
    private final Map<String, String> copies = new LinkedHashMap<>();
    private final EtcdCluster etcd;
    private final List<ChaosNode> nodes = new ArrayList<>();
    private final List<Thread> healthChecks = new ArrayList<>();

    /** Starts all of it, in a folder of its own, and plays the operator. */
    ChaosCluster(Path folder) {
        VPCS.forEach(vpc -> copies.put(vpc, aws.newBucket()));
        CertificateAuthority authority = CertificateAuthority.in(folder, "authority");
        etcd = EtcdCluster.start(authority, SIZE);
        EtcdSettings files = authority.issue("node");
        ServiceHome first = ServiceHome.make(folder.resolve("node-0"), "cloudhsm");
        writeCustomers(first);
        first.shareOver(etcd.endpoints(), files);
        for (int i = 0; i < SIZE; i++) {
            ServiceHome home = i == 0 ? first : first.nodeBeside(folder.resolve("node-" + i));
            nodes.add(new ChaosNode(home, log, s3.url(), aws.environment(), etcd, files));
        }
        nodes.forEach(ChaosNode::start);
        giveSecrets();
        nodes.forEach(node -> healthChecks.add(Thread.ofVirtual().start(() -> checkHealth(node))));
    }

    private void writeCustomers(ServiceHome home) {
        StringBuilder list = new StringBuilder();
        copies.forEach((vpc, bucket) -> list.append("""
                - VPCID: %s
                  RemoteRoleARN: arn:aws:iam::403000000000:role/sovereign
                  EktName: ekt-%s
                  AuditBucketName: %s
                """.formatted(vpc, vpc, bucket)));
        try {
            Files.writeString(home.customers(), list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkHealth(ChaosNode node) {
        try {
            while (true) {
                node.checkHealth();
                Thread.sleep(HEALTH_INTERVAL);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** An operator gives the secrets to one node, which is enough; and waits for all. */
    void giveSecrets() {
        nodes.getFirst().running().giveSecrets();
        awaitReady();
    }

    void awaitReady() {
        nodes.forEach(node -> ServiceProcess.await("ready\n" + node.home().folder(), READY_LIMIT, node::isReady));
    }

    List<ChaosNode> nodes() {
        return nodes;
    }

    ChaosNode node(int i) {
        return nodes.get(i);
    }

    EtcdCluster etcd() {
        return etcd;
    }

    S3Process s3() {
        return s3;
    }

    AwsServer aws() {
        return aws;
    }

    /** The service's bucket. */
    String logBucket() {
        return log;
    }

    /** The customers' buckets, by VPC. */
    Map<String, String> copies() {
        return copies;
    }

    int callsUnderWay() {
        return nodes.stream().mapToInt(node -> node.callsUnderWay().get()).sum();
    }

    @Override
    public void close() {
        healthChecks.forEach(Thread::interrupt);
        nodes.forEach(ChaosNode::close);
        etcd.close();
        s3.close();
    }
}
