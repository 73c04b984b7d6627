/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.ToIntFunction;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The ports of a service, on 127.0.0.1: a shared one, at which the address of the socket tells who calls, and one for each
 * caller, for those whose calls cannot come from an address of their own.
 */
public final class Doors implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int ANY_BACKLOG = 0;

    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, URI> ofCallers = new LinkedHashMap<>();
    private final CallerHandler handler;
    private final URI shared;

    /**
     * Opens them.
     *
     * @param sharedPort 0 for any that is free
     * @param portOf the port of a caller
     * @throws IOException if a port is taken
     */
    public Doors(Callers callers, int sharedPort, ToIntFunction<Caller> portOf, CallerHandler handler)
            throws IOException {
        this.handler = handler;
        try {
            this.shared = open(sharedPort, callers::from);
            for (Caller caller : callers.callers()) {
                ofCallers.put(caller.name(), open(portOf.applyAsInt(caller), _ -> Optional.of(caller)));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private URI open(int port, Function<InetAddress, Optional<Caller>> who) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(LOOPBACK, port), ANY_BACKLOG);
        } catch (IOException e) {
            throw new IOException("port " + port + " cannot be opened: " + e.getMessage(), e);
        }
        servers.add(server);
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, who.apply(exchange.getRemoteAddress().getAddress())));
        server.start();
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void serve(HttpExchange exchange, Optional<Caller> caller) throws IOException {
        try (exchange) {
            if (caller.isPresent()) {
                handler.handle(exchange, caller.get());
            } else {
                handler.refuse(exchange);
            }
        }
    }

    /** Where all callers may call, each from its address. */
    public URI shared() {
        return shared;
    }

    /** Where a call counts as one of this caller. */
    public URI of(Caller caller) {
        return Optional.ofNullable(ofCallers.get(caller.name())).orElseThrow();
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
