/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

import org.sovereignkeys.authorizer.Authorizer;
import org.sovereignkeys.authorizer.AuthorizerEvent;
import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.CustomerTable;
import org.sovereignkeys.authorizer.Decision;
import org.sovereignkeys.authorizer.InstanceInspector;
import org.sovereignkeys.authorizer.aws.AwsAccess;
import org.sovereignkeys.authorizer.aws.Rehearsal;

/**
 * What Lambda calls. Takes the event of a REQUEST authorizer of a private REST API and answers with a policy that allows the
 * one call asked for. Otherwise it throws: {@link UnauthorizedException} for what does not match, which the gateway answers
 * with 401; {@link AuthorizerUnavailableException} for what cannot be checked. It may be called by several threads.
 */
public final class AuthorizerHandler implements RequestStreamHandler, Resource {
    /** The answer has to come within 8 s; this leaves some for the way. */
    private static final Duration TIME_FOR_A_DECISION = Duration.ofMillis(7_500);

    private final Runnable connectOnce;
    private final Authorizer authorizer;
    private final Deadline deadline;
    private final DecisionLog log;

    /** For Lambda: takes table, region, credentials and endpoints from the environment. Standard output is Lambda's log. */
    public AuthorizerHandler() {
        this(AwsAccess.ofEnvironment(), TIME_FOR_A_DECISION, System.out);
    }

    /**
     * For a gateway that is not Amazon's, and for tests.
     *
     * @param aws access to the services that it asks
     * @param timeForADecision the time after which a call counts as one that cannot be checked
     * @param log where the decisions are written to, a line each
     */
    public AuthorizerHandler(AwsAccess aws, Duration timeForADecision, PrintStream log) {
        this(aws.customers(), aws.instances(), aws::connectOnce, timeForADecision, log);
    }

    AuthorizerHandler(CustomerTable customers, InstanceInspector instances, Runnable connectOnce,
            Duration timeForADecision, PrintStream log) {
        this.connectOnce = connectOnce;
        this.authorizer = new Authorizer(customers, instances);
        this.deadline = new Deadline(timeForADecision);
        this.log = new DecisionLog(log);
        Core.getGlobalContext().register(this);
    }

    @Override
    public void handleRequest(InputStream event, OutputStream answer, @Nullable Context context) throws IOException {
        answer.write(answer(authorizer, log, event.readAllBytes()));
    }

    private byte[] answer(Authorizer rules, DecisionLog to, byte[] json) {
        long start = System.nanoTime();
        AuthorizerEvent event = null;
        try {
            AuthorizerEvent read = Json.readEvent(json);
            event = read;
            Decision decision = deadline.run(() -> rules.decide(read));
            to.decided(read, decision);
            return switch (decision) {
                case Decision.Allow allow -> Json.write(allow, Duration.ofNanos(System.nanoTime() - start));
                case Decision.Refuse _ -> throw new UnauthorizedException();
            };
        } catch (CannotCheckException e) {
            to.notDecided(event, e);
            throw new AuthorizerUnavailableException();
        }
    }

    /**
     * Before Lambda takes the snapshot: runs a whole call with answers from a script, and opens one connection that is real, so
     * that the first caller after a restore waits for neither. Keeps nothing that a restored copy could mistake for fresh.
     */
    @Override
    public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
        Rehearsal rehearsal = new Rehearsal();
        answer(new Authorizer(rehearsal.customers(), rehearsal.instances()),
                new DecisionLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)),
                rehearsal.event());
        connectOnce.run();
    }

    @Override
    public void afterRestore(org.crac.Context<? extends Resource> context) {
        // Nothing is kept across the snapshot.
    }
}
