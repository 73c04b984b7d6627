/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way over loopback to a server, which can be broken as networks break. */
public final class BreakableWay implements AutoCloseable {
    /** What becomes of what is sent. */
    public enum State {
        OPEN,
        /** Connections are closed, and new ones as soon as they are made. */
        CUT,
        /** Nothing arrives, and nobody is told; it arrives once the way is open again. */
        SILENT
    }

    private final int targetPort;
    private final ServerSocket entrance;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private State state = State.OPEN;

    private BreakableWay(int targetPort, ServerSocket entrance) {
        this.targetPort = targetPort;
        this.entrance = entrance;
    }

    /** Opens a way to a port of the loopback address. */
    public static BreakableWay to(int port) {
        try {
            BreakableWay way = new BreakableWay(port, new ServerSocket(0, 500, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("way-to-" + port).start(way::accept);
            return way;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it begins. */
    public int port() {
        return entrance.getLocalPort();
    }

    /** Breaks or mends it. */
    public void set(State wanted) {
        synchronized (this) {
            state = wanted;
            notifyAll();
        }
        if (wanted == State.CUT) {
            sockets.forEach(BreakableWay::close);
        }
    }

    private synchronized boolean isCut() {
        return state == State.CUT;
    }

    private synchronized void awaitNoSilence() throws InterruptedException {
        while (state == State.SILENT) {
            wait();
        }
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket caller = entrance.accept();
                Thread.ofVirtual().start(() -> connect(caller));
            } catch (IOException _) {
                return; // it is closed
            }
        }
    }

    private void connect(Socket caller) {
        sockets.add(caller);
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            sockets.add(server);
            caller.setOption(StandardSocketOptions.TCP_NODELAY, true);
            server.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Thread.ofVirtual().start(() -> pass(caller, server));
            Thread.ofVirtual().start(() -> pass(server, caller));
        } catch (IOException _) { // the server is not there
            close(caller);
        }
        if (isCut()) {
            sockets.forEach(BreakableWay::close);
        }
        sockets.removeIf(Socket::isClosed);
    }

    private void pass(Socket from, Socket to) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] room = new byte[16_384];
            for (int length = in.read(room); length >= 0; length = in.read(room)) {
                awaitNoSilence();
                out.write(room, 0, length);
            }
        } catch (IOException _) {
            // the connection is over
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            socket.close();
        } catch (IOException _) {
            // closed already
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        set(State.CUT);
    }
}
