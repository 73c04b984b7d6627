/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;

/** {@code sk-node leave}. */
@Command(name = "leave", mixinStandardHelpOptions = true, description = "Takes this node out of the cluster, once all others are well (waits 20 s for that), and deletes its key and data. It does"
        + " not join again, also when sk-node is started anew, as long as the file leaving is in the store.")
final class LeaveCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return Change.make(Commands.LEAVE);
    }
}
