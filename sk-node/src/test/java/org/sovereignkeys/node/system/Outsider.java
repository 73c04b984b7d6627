/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.Credentials;
import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.Subject;

/** Somebody at this machine's address, with a certificate of some authority. */
final class Outsider implements AutoCloseable {
    private static final ByteSequence PIN = ByteSequence.from("sovereign-keys/secrets/pin", StandardCharsets.US_ASCII);
    private static final int TIME_OF_A_CALL_SECONDS = 5;
    private static final int TIME_TO_ANSWER_MILLIS = 30_000;

    private final Credentials credentials;
    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    Outsider(Authority authority, String address) {
        try {
            KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
            credentials = new Credentials(keys.getPrivate(), authority.issue(keys.getPublic(),
                    new Subject("i-0000000000test", address), Instant.now(), Duration.ofHours(1)),
                    authority.certificate());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    MutualTls tls() {
        return new MutualTls(credentials);
    }

    void put(String address, String value) throws Exception {
        call(address, client -> client.getKVClient().put(PIN, ByteSequence.from(value, StandardCharsets.US_ASCII)));
    }

    /** What a majority of the members has, asked by one. */
    List<String> get(String address) throws Exception {
        return call(address, client -> client.getKVClient().get(PIN)).getKvs()
            .stream()
            .map(KeyValue::getValue)
            .map(value -> value.toString(StandardCharsets.US_ASCII))
            .toList();
    }

    private <T> T call(String address, Function<Client, CompletableFuture<T>> operation) throws Exception {
        Client client = clients.computeIfAbsent(address, this::client);
        try {
            return operation.apply(client).get(TIME_OF_A_CALL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            if (clients.remove(address, client)) {
                client.close();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        clients.values().forEach(Client::close);
    }

    private Client client(String address) {
        return Client.builder()
            .endpoints("https://" + address + ":2379")
            .retryMaxAttempts(0)
            .waitForReady(false)
            .sslContext(sslContext())
            .build();
    }

    private SslContext sslContext() {
        MutualTls tls = tls();
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .keyManager(tls.keyManager())
                .trustManager(tls.trustManager())
                .build();
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }

    /** The first line with which a server answers a request over HTTP; empty if it ends the connection instead, not if it is silent. */
    static String ask(SSLContext context, String address, int port) throws SocketTimeoutException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address, port)) {
            socket.setSoTimeout(TIME_TO_ANSWER_MILLIS);
            socket.startHandshake();
            socket.getOutputStream()
                .write("GET /state HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return Objects.requireNonNullElse(answer.readLine(), "");
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException _) {
            return "";
        }
    }
}
