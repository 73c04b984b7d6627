/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** A way to a server on loopback that keeps every byte of both directions, as who reads the network would. */
public final class RecordedWay implements AutoCloseable {
    private final URI target;
    private final ServerSocket entrance;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private RecordedWay(URI target, ServerSocket entrance) {
        this.target = target;
        this.entrance = entrance;
    }

    public static RecordedWay to(URI target) {
        try {
            RecordedWay way = new RecordedWay(target, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(way::accept);
            return way;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI entrance() {
        return URI.create(target.getScheme() + "://127.0.0.1:" + entrance.getLocalPort());
    }

    public byte[] recorded() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket caller = entrance.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
                Thread.ofVirtual().start(() -> pass(caller, server));
                Thread.ofVirtual().start(() -> pass(server, caller));
            } catch (IOException _) {
                // the entrance is closed, or the server is gone: the caller tries again
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] room = new byte[8192];
            for (int length = in.read(room); length >= 0; length = in.read(room)) {
                synchronized (bytes) {
                    bytes.write(room, 0, length);
                }
                out.write(room, 0, length);
            }
        } catch (IOException _) {
            // the connection is over
        }
    }
}
