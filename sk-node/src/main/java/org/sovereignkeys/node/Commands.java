/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.node.membership.Ticker;

/** Answers what comes by the control socket. An answer to what changes something is {@code done}, or the objection. */
final class Commands implements UnaryOperator<String> {
    static final String SOCKET = "control";
    static final String STATUS = "status";
    static final String LEAVE = "leave";
    static final String RECOVER = "recover";
    static final String DONE = "done";
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final Duration TIME_TO_LEAVE = Duration.ofSeconds(20);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);
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
                case LEAVE -> outcome(leave());
                case RECOVER -> outcome(keeper.recoverOnCommand());
                default -> "there is no command " + command;
            };
        } catch (RuntimeException e) {
            LOG.error("the command {} failed", command, e);
            return "failed; see the log";
        }
    }

    /** etcd wants its members to have been connected for some seconds, so a refusal may pass. */
    private Optional<String> leave() {
        Ticker ticker = Ticker.system();
        long begin = ticker.nanos();
        Optional<String> objection = keeper.leaveOnCommand();
        while (objection.isPresent() && ticker.since(begin).compareTo(TIME_TO_LEAVE) < 0) {
            LOG.info("does not leave yet: {}", objection.get());
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            objection = keeper.leaveOnCommand();
        }
        if (objection.isPresent()) {
            keeper.stayOnCommand();
        }
        return objection;
    }

    private static String outcome(Optional<String> objection) {
        return objection.map(reason -> reason.replace('\n', ' ')).orElse(DONE);
    }
}
