/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.Optional;
import java.util.function.UnaryOperator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Answers what comes by the control socket. An answer to what changes something is {@code done}, or the objection. */
final class Commands implements UnaryOperator<String> {
    static final String SOCKET = "control";
    static final String STATUS = "status";
    static final String LEAVE = "leave";
    static final String RECOVER = "recover";
    static final String DONE = "done";
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Keeper keeper;

    Commands(Keeper keeper) {
        this.keeper = keeper;
    }

    @Override
    public String apply(String command) {
        try {
            return switch (command) {
                case STATUS -> JSON.writeValueAsString(keeper.status());
                case LEAVE -> outcome(keeper.leaveOnCommand());
                case RECOVER -> outcome(keeper.recoverOnCommand());
                default -> "there is no command " + command;
            };
        } catch (RuntimeException e) {
            LOG.error("the command {} failed", command, e);
            return "failed; see the log";
        }
    }

    private static String outcome(Optional<String> objection) {
        return objection.map(reason -> reason.replace('\n', ' ')).orElse(DONE);
    }
}
