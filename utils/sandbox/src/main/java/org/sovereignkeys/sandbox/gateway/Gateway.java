/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.sun.net.httpserver.HttpExchange;

import org.sovereignkeys.sandbox.gateway.Route.Match;
import org.sovereignkeys.sandbox.network.Caller;
import org.sovereignkeys.sandbox.network.CallerHandler;

/**
 * A private REST API with a REQUEST authorizer. A call that has a route and an Authorization header is put before the
 * authorizer, and goes on to the service only if the policy allows just this call from this address.
 */
public final class Gateway implements CallerHandler {
    /** What API Gateway gives an integration. */
    public static final Duration TIME_OF_THE_SERVICE = Duration.ofSeconds(29);
    /** The stage that base URLs end in. */
    public static final String STAGE = "v1";

    private static final System.Logger LOGGER = System.getLogger(Gateway.class.getName());

    private final Api api;
    private final AuthorizerClient authorizer;
    private final ServiceClient service;
    private final AccessLog log;

    /**
     * Makes one.
     *
     * @param region region and account that it seems to be in
     * @param authorizer what each call is put before; called by several threads
     * @param service the URLs of the service's nodes, without path
     * @param time the longest wait for the service
     * @param log where each call leaves a line
     */
    public Gateway(String region, String accountId, RequestStreamHandler authorizer, List<URI> service,
            Duration time, PrintStream log) {
        this.api = new Api(region, accountId, "sandbox000", STAGE);
        this.authorizer = new AuthorizerClient(api, authorizer, Clock.systemUTC());
        this.service = new ServiceClient(new Nodes(service), STAGE, time);
        this.log = new AccessLog(log, Clock.systemUTC());
    }

    @Override
    public void handle(HttpExchange exchange, Caller caller) throws IOException {
        Call call = Call.read(exchange, caller);
        Answer answer = answer(call);
        answer.send(exchange, call.id());
    }

    @Override
    public void refuse(HttpExchange exchange) throws IOException {
        String id = Call.newId();
        log.refused(id, exchange.getRemoteAddress().getAddress(), exchange.getRequestMethod(),
                exchange.getRequestURI(), Refusal.UNKNOWN_CALLER);
        Answer.of(Refusal.UNKNOWN_CALLER).send(exchange, id);
    }

    private Answer answer(Call call) {
        boolean forwarded = false;
        Refusal refusal;
        try {
            HttpRequest request = admit(call);
            forwarded = true;
            Answer answer = service.forward(request);
            log.answered(call, answer.status(), "answered-by-service", true);
            return answer;
        } catch (RefusedException e) {
            refusal = e.refusal();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "a bug", e);
            refusal = Refusal.BUG;
        }
        log.answered(call, refusal.status(), refusal.reason(), forwarded);
        return Answer.of(refusal);
    }

    /** What of the call goes on to the service, if it may. */
    private HttpRequest admit(Call call) throws RefusedException {
        if (call.isTooLarge()) {
            throw new RefusedException(Refusal.TOO_LARGE);
        }
        Match match = call.pathBehind(api.stage())
            .flatMap(path -> Route.find(call.method(), path))
            .orElseThrow(() -> new RefusedException(Refusal.NO_ROUTE));
        if (!call.isSigned()) {
            throw new RefusedException(Refusal.NO_AUTHORIZATION_HEADER);
        }
        String elapsedMillis = authorizer.authorize(call, match);
        return service.request(call, match.pathOfService(), elapsedMillis);
    }
}
