/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.Credentials;
import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.Subject;

/** Somebody at this machine's address, with a certificate of some authority. */
final class Outsider {
    private static final ByteSequence PIN = ByteSequence.from("sovereign-keys/secrets/pin", StandardCharsets.US_ASCII);
    private static final int TIME_OF_A_CALL_SECONDS = 10;
    private static final int TIME_TO_ANSWER_MILLIS = 5_000;

    private final Credentials credentials;

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
        try (Client client = client(address)) {
            client.getKVClient()
                .put(PIN, ByteSequence.from(value, StandardCharsets.US_ASCII))
                .get(TIME_OF_A_CALL_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** What a majority of the members has, asked by one. */
    List<String> get(String address) throws Exception {
        try (Client client = client(address)) {
            return client.getKVClient()
                .get(PIN)
                .get(TIME_OF_A_CALL_SECONDS, TimeUnit.SECONDS)
                .getKvs()
                .stream()
                .map(KeyValue::getValue)
                .map(value -> value.toString(StandardCharsets.US_ASCII))
                .toList();
        }
    }

    private Client client(String address) throws IOException {
        MutualTls tls = tls();
        return Client.builder()
            .endpoints("https://" + address + ":2379")
            .sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .keyManager(tls.keyManager())
                .trustManager(tls.trustManager())
                .build())
            .build();
    }

    /** The first line with which a server answers a request over HTTP; empty if it ends the connection instead. */
    static String ask(SSLContext context, String address, int port) {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address, port)) {
            socket.setSoTimeout(TIME_TO_ANSWER_MILLIS);
            socket.startHandshake();
            socket.getOutputStream()
                .write("GET /state HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return Objects.requireNonNullElse(answer.readLine(), "");
        } catch (IOException _) {
            return "";
        }
    }
}
