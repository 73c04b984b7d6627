/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to an etcd cluster. It goes to one member at a time. When there is no answer, the next client goes to the
 * next member: neither a member that hangs nor the pauses of gRPC, which grow to minutes, delay the return. Nothing is
 * repeated. Safe for use by many threads.
 */
public final class EtcdConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdConnection.class);
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(2);
    private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(1);
    private static final Duration BETWEEN_CLIENTS = Duration.ofSeconds(1);
    /** etcd's servers end connections of clients that ask more often than each 5 s. */
    private static final Duration KEEPALIVE = Duration.ofSeconds(6);

    private final List<URI> endpoints;
    private final Consumer<ClientBuilder> security;
    private final int firstEndpoint;
    private Made current;
    private boolean closed;

    /** A client, the how manieth, and when it was made. */
    private record Made(Client client, int generation, long nanoTime) {}

    /**
     * Makes a connection; nothing is sent yet.
     *
     * @param endpoints the members
     * @param security sets what a client needs to be let in; nothing for plain HTTP
     */
    public EtcdConnection(List<URI> endpoints, Consumer<ClientBuilder> security) {
        this.endpoints = List.copyOf(endpoints);
        this.security = security;
        this.firstEndpoint = ThreadLocalRandom.current().nextInt(endpoints.size());
        this.current = make(0);
    }

    /** The client of now, for what is not a single call. It is closed some seconds after another took its place. */
    public synchronized Client client() {
        return current.client;
    }

    private synchronized Made current() {
        return current;
    }

    /**
     * Has etcd do something, once, and waits for it.
     *
     * @throws EtcdUnavailableException if there was no answer within two seconds: it may have been done, or be done later
     * @throws EtcdException if etcd answered that it does not do it: what was asked for is not there, or not allowed
     */
    public <T> T call(Function<Client, CompletableFuture<T>> operation) {
        Made used = current();
        try {
            return operation.apply(used.client).get(TIME_OF_A_CALL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(used, EtcdExceptionFactory.toEtcdException(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdUnavailableException("The wait for etcd was interrupted", e);
        } catch (TimeoutException | RuntimeException e) { // a client that was closed meanwhile throws many things
            throw unavailable(used, e);
        }
    }

    private RuntimeException failure(Made used, EtcdException e) {
        return switch (e.getErrorCode()) {
            case NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION, PERMISSION_DENIED, UNAUTHENTICATED -> e;
            default -> unavailable(used, e);
        };
    }

    private EtcdUnavailableException unavailable(Made used, Exception e) {
        replace(used);
        return new EtcdUnavailableException("etcd does not answer: " + e, e);
    }

    private synchronized void replace(Made used) {
        boolean isYoung = System.nanoTime() - used.nanoTime < BETWEEN_CLIENTS.toNanos();
        if (closed || isYoung || current.generation != used.generation) {
            return;
        }
        current = make(used.generation + 1);
        Thread.ofVirtual().name("etcd-closer").start(() -> closeLater(used.client));
    }

    /** Calls under way may still be answered. */
    private static void closeLater(Client used) {
        try {
            Thread.sleep(TIME_OF_A_CALL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(used);
    }

    private static void close(Client used) {
        try {
            used.close();
        } catch (RuntimeException e) {
            LOG.debug("A client of etcd was not closed", e);
        }
    }

    private Made make(int generation) {
        List<URI> inOrder = new ArrayList<>(endpoints);
        Collections.rotate(inOrder, -(firstEndpoint + generation) % endpoints.size());
        ClientBuilder builder = Client.builder()
            .target(target(inOrder))
            .loadBalancerPolicy("pick_first")
            .retryMaxAttempts(0)
            .waitForReady(false)
            .connectTimeout(TIME_TO_CONNECT)
            .keepaliveTime(KEEPALIVE)
            .keepaliveTimeout(TIME_OF_A_CALL)
            .interceptor(new Deadline())
            .vertx(Vertx.vertx(vertxOptions()));
        security.accept(builder);
        return new Made(builder.build(), generation, System.nanoTime());
    }

    /** What the client makes of endpoints by itself is no URI where one of them is an address of IPv6. */
    private static String target(List<URI> members) {
        return members.stream()
            .map(URI::getAuthority)
            .collect(Collectors.joining(",", "ip:///", ""))
            .replace("[", "%5B")
            .replace("]", "%5D");
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
        closed = true;
        close(current.client);
    }

    /** Has the server give up too when we do. */
    private static final class Deadline implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            boolean single = method.getType() == MethodDescriptor.MethodType.UNARY;
            return next.newCall(method, single
                    ? options.withDeadlineAfter(TIME_OF_A_CALL.toNanos(), TimeUnit.NANOSECONDS)
                    : options);
        }
    }
}
