/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.sovereignkeys.configuration.EtcdSettings;

/** Real etcd members on loopback. Clients and peers show certificates, and the way to each member's peer port can be broken. */
public final class EtcdCluster implements AutoCloseable {
    private final EtcdSettings client;
    private final List<EtcdServer> members = new ArrayList<>();
    private final List<BreakableWay> ways = new ArrayList<>();

    private EtcdCluster(EtcdSettings client) {
        this.client = client;
    }

    /** Starts one with empty data, and waits until each member serves. */
    public static EtcdCluster start(CertificateAuthority authority, int size) {
        EtcdCluster cluster = new EtcdCluster(authority.issue("tester"));
        EtcdSettings files = authority.issue("member", "127.0.0.1");
        List<Integer> ports = IntStream.range(0, size).mapToObj(_ -> EtcdServer.freePort()).toList();
        ports.forEach(port -> cluster.ways.add(BreakableWay.to(port)));
        for (int i = 0; i < size; i++) {
            List<String> options = cluster.membership(i, ports.get(i), files);
            cluster.members.add(new EtcdServer(newFolder(), "127.0.0.1", files, options));
        }
        cluster.restartAll();
        return cluster;
    }

    private List<String> membership(int i, int port, EtcdSettings files) {
        String all = IntStream.range(0, ways.size())
            .mapToObj(peer -> "member-" + peer + "=https://127.0.0.1:" + ways.get(peer).port())
            .collect(Collectors.joining(","));
        return List.of("--name=member-" + i, "--listen-peer-urls=https://127.0.0.1:" + port,
                "--initial-advertise-peer-urls=https://127.0.0.1:" + ways.get(i).port(), "--initial-cluster=" + all,
                "--peer-cert-file=" + files.certificate(), "--peer-key-file=" + files.key(), "--peer-client-cert-auth",
                "--peer-trusted-ca-file=" + files.ca(), "--heartbeat-interval=50", "--election-timeout=500",
                "--log-level=warn"); // of an option that is given twice the last counts
    }

    public EtcdServer member(int i) {
        return members.get(i);
    }

    /** The way on which the others reach a member. */
    public BreakableWay wayToMember(int i) {
        return ways.get(i);
    }

    public List<URI> endpoints() {
        return members.stream().map(EtcdServer::endpoint).toList();
    }

    /** Kills those that run, starts all, and waits until each member serves. */
    public void restartAll() {
        members.forEach(EtcdServer::launch);
        members.forEach(EtcdServer::awaitService);
    }

    /** Kills all, and starts them as a new cluster without data. */
    public void wipe() {
        members.forEach(EtcdServer::forget);
        restartAll();
    }

    /** A connection of somebody who is let in. */
    public EtcdConnection connect() {
        return new EtcdConnection(endpoints(), new MutualTls(client));
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("etcd");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        members.forEach(EtcdServer::close);
        ways.forEach(BreakableWay::close);
    }
}
