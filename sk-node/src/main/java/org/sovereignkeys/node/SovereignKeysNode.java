/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code sk-node}. */
@Command(name = "sk-node", mixinStandardHelpOptions = true, version = "sk-node", description = "Makes this EC2 instance a member of the cluster's etcd, and keeps it one.", subcommands = {
    RunCommand.class, StatusCommand.class, LeaveCommand.class,
    FoundCommand.class}, exitCodeListHeading = "%nExit codes of all commands:%n", exitCodeList = {
        "0:done; for status: etcd serves here", "1:not done, and the reason is printed; for status: it"
                + " does not serve",
        "2:called wrongly, or a setting is missing",
        "3:sk-node does not run here"}, footerHeading = "%nEnvironment:%n", footer = {
            "  SK_NODES          name of the auto scaling group", "  SK_AUTHORITY_KEY  ARN of the KMS key of the"
                    + " cluster's authority (ECC_NIST_P384)",
            "  AWS_REGION        region of both",
            "  SK_NODE_STORE     folder in RAM for keys and data (default: " + Settings.STORE + ")",
            "  SK_ETCD           the program (default: etcd)"})
public final class SovereignKeysNode implements Runnable {
    static final int NOT_DONE = 1;
    static final int WRONG = 2;
    static final int NOT_RUNNING = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SovereignKeysNode()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: run, status, leave or found");
    }
}
