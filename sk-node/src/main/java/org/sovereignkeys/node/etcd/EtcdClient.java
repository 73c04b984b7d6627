/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.etcd;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLException;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.cluster.MemberAddResponse;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.membership.Members;

/** Asks members of etcd, each at its own address. Nothing is repeated. All methods throw {@link EtcdException}. */
public final class EtcdClient implements AutoCloseable {
    public static final int PORT = 2379;
    private static final Logger LOG = LoggerFactory.getLogger(EtcdClient.class);
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(5);
    private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(2);
    private static final ByteSequence ANY_KEY = ByteSequence.from("sovereign-keys/", StandardCharsets.US_ASCII);

    private final SslContext tls;
    private final Map<String, Client> clients = new HashMap<>();

    /** What came of adding a member: its id, and all members with it. */
    public record Added(long member, Members members) {}

    public EtcdClient(MutualTls tls) {
        this.tls = context(tls);
    }

    public EtcdStatus status(String address) {
        StatusResponse answer = call(address,
                client -> client.getMaintenanceClient().statusMember(uri(address).toString()));
        return new EtcdStatus(answer.getHeader().getClusterId(), answer.getHeader().getMemberId(), answer.getLeader(),
                answer.isLearner(), answer.getVersion());
    }

    /** The members as a majority has them at the moment: the member has first to know all that was decided before. */
    public Members members(String address) {
        call(address, client -> client.getKVClient().get(ANY_KEY));
        return knownMembers(address);
    }

    /** The members as this one knows them, which may be of old. */
    public Members knownMembers(String address) {
        var answer = call(address, client -> client.getClusterClient().listMember());
        return new Members(answer.getHeader().getClusterId(), entries(answer.getMembers()));
    }

    /** Has a member added that has no vote. */
    public Added addLearner(String address, String newcomer) {
        MemberAddResponse answer = call(address,
                client -> client.getClusterClient().addMember(List.of(EtcdProcess.peerUrl(newcomer)), true));
        return new Added(answer.getMember().getId(),
                new Members(answer.getHeader().getClusterId(), entries(answer.getMembers())));
    }

    public void remove(String address, long member) {
        call(address, client -> client.getClusterClient().removeMember(member));
    }

    public void promote(String address, long member) {
        call(address, client -> client.getClusterClient().promoteMember(member));
    }

    /** Hands the lead over; the member at the address has it. */
    public void moveLeader(String address, long successor) {
        call(address, client -> client.getMaintenanceClient().moveLeader(successor));
    }

    private static List<Members.Entry> entries(List<Member> members) {
        return members.stream()
            .map(member -> new Members.Entry(member.getId(), member.getName(),
                    member.getPeerURIs().getFirst().getHost(),
                    member.isLearner()))
            .toList();
    }

    private <T> T call(String address, Function<Client, CompletableFuture<T>> operation) {
        try {
            return operation.apply(client(address)).get(TIME_OF_A_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(address, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(address, e);
        } catch (TimeoutException | RuntimeException e) {
            throw failure(address, e);
        }
    }

    private EtcdException failure(String address, Throwable cause) {
        drop(address);
        return new EtcdException("etcd at " + address + ": " + cause.getMessage(), cause);
    }

    private synchronized Client client(String address) {
        return clients.computeIfAbsent(address, this::make);
    }

    private Client make(String address) {
        return Client.builder()
            .endpoints(uri(address))
            .sslContext(tls)
            .retryMaxAttempts(0)
            .waitForReady(false)
            .connectTimeout(TIME_TO_CONNECT)
            .vertx(Vertx.vertx(vertxOptions()))
            .build();
    }

    private synchronized void drop(String address) {
        Client client = clients.remove(address);
        if (client != null) {
            close(client);
        }
    }

    private static void close(Client client) {
        try {
            client.close();
        } catch (RuntimeException e) {
            LOG.debug("A client of etcd was not closed", e);
        }
    }

    private static URI uri(String address) {
        return URI.create("https://" + address + ":" + PORT);
    }

    private static SslContext context(MutualTls tls) {
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .keyManager(tls.keyManager())
                .trustManager(tls.trustManager())
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS does not take the certificate", e);
        }
    }

    private static VertxOptions vertxOptions() {
        return new VertxOptions().setUseDaemonThread(true)
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
    }

    @Override
    public synchronized void close() {
        clients.values().forEach(EtcdClient::close);
        clients.clear();
    }
}
