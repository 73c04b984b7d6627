/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.function.UnaryOperator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes commands, a line each, on a socket in a folder that only this user may enter; answers with a line. */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private final ServerSocketChannel channel;
    private final UnaryOperator<String> commands;

    public ControlServer(Path socket, UnaryOperator<String> commands) throws IOException {
        this.commands = commands;
        Files.deleteIfExists(socket);
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("control").start(this::serve);
    }

    private void serve() {
        while (channel.isOpen()) {
            try {
                SocketChannel caller = channel.accept();
                Thread.ofVirtual().start(() -> answer(caller));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("no command is taken: {}", e.toString());
            }
        }
    }

    private void answer(SocketChannel caller) {
        try (caller; Scanner lines = new Scanner(caller, StandardCharsets.UTF_8)) {
            if (lines.hasNextLine()) {
                String answer = commands.apply(lines.nextLine());
                Channels.newOutputStream(caller).write((answer + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            LOG.debug("a command went without its answer", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
