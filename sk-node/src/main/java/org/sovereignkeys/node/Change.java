/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.io.IOException;

import org.sovereignkeys.node.control.ControlClient;

/** A command that changes something, as the command line gives it to the node that runs. */
final class Change {
    private Change() {}

    /** The exit code. */
    static int make(String command) {
        try {
            String answer = ControlClient.ask(Settings.store(System.getenv()).resolve(Commands.SOCKET), command);
            if (answer.equals(Commands.DONE)) {
                return 0;
            }
            System.err.println("sk-node: not done: " + answer);
            return SovereignKeysNode.NOT_DONE;
        } catch (IOException e) {
            System.err.println("sk-node: does not run here: " + e.getMessage());
            return SovereignKeysNode.NOT_RUNNING;
        }
    }
}
