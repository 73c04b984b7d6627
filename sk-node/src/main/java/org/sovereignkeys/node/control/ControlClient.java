/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Gives the node that runs here a command. */
public final class ControlClient {
    private ControlClient() {}

    /** Waits for the answer; throws {@link IOException} if no node runs here, or this user may not command it. */
    public static String ask(Path socket, String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Channels.newOutputStream(channel).write((command + "\n").getBytes(StandardCharsets.UTF_8));
            channel.shutdownOutput();
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
