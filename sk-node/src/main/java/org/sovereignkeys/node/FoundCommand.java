/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sk-node found --force-new-cluster}. */
@Command(name = "found", mixinStandardHelpOptions = true, description = {
    "After the majority of the cluster was lost for good: goes on with this node's data as the only"
            + " member, and the others join again. What only the lost members knew is lost.",
    "Refused while the cluster has a leader, or while an instance that may hold it does not answer."})
final class FoundCommand implements Callable<Integer> {
    @Option(names = "--force-new-cluster", required = true, description = "Say that you mean it.")
    private boolean forced;

    @Override
    public Integer call() {
        return forced ? Change.make(Commands.RECOVER) : SovereignKeysNode.WRONG;
    }
}
