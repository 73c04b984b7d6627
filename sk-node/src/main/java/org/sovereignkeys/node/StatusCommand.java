/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.io.IOException;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.node.control.ControlClient;

/** {@code sk-node status}. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Says where this node stands: 0 if its etcd serves, 1 if not, 3 if sk-node does not run.")
final class StatusCommand implements Callable<Integer> {
    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Override
    public Integer call() {
        try {
            String answer = ControlClient.ask(Settings.store(System.getenv()).resolve(Commands.SOCKET),
                    Commands.STATUS);
            Status status = JsonMapper.builder().build().readValue(answer, Status.class);
            System.out.println(json ? answer : status.text());
            return status.state().equals("member") ? 0 : SovereignKeysNode.NOT_DONE;
        } catch (IOException e) {
            System.err.println("sk-node: does not run here: " + e.getMessage());
            return SovereignKeysNode.NOT_RUNNING;
        }
    }
}
