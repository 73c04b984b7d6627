/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sk-node run}. */
@Command(name = "run", mixinStandardHelpOptions = true, description = {
    "Makes key and certificate, finds the other nodes, and starts etcd as a child process: as a member"
            + " of their cluster, or of a new one if all of them say that there is none. Runs until SIGTERM.",
    "Tells systemd when etcd serves."})
final class RunCommand implements Callable<Integer> {
    @Option(names = "--store-on-disk", description = "For tests: take a store that is not in RAM.")
    boolean storeOnDisk;

    @Option(names = "--certificate-lifetime", hidden = true, defaultValue = "PT24H")
    Duration certificateLifetime = Duration.ZERO;

    @Option(names = "--pace", hidden = true, defaultValue = "PT1S")
    Duration pace = Duration.ZERO;

    @Option(names = "--settling", hidden = true, defaultValue = "PT10S")
    Duration settling = Duration.ZERO;

    @Option(names = "--patience", hidden = true, defaultValue = "PT5M")
    Duration patience = Duration.ZERO;

    @Override
    public Integer call() throws InterruptedException {
        try {
            new RunningNode(Settings.of(System.getenv(), this)).run();
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println("sk-node: " + e.getMessage());
            return SovereignKeysNode.WRONG;
        } catch (IOException e) {
            System.err.println("sk-node: " + e.getMessage());
            return SovereignKeysNode.NOT_DONE;
        }
    }
}
