/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.secret.CallTimedOutException;
import org.sovereignkeys.web.RequestArrival;

/**
 * Ends the wait for a call in time. Every part that a call goes through has its own limit; this one is for their sum. The
 * call itself is interrupted: what it has put on record is stored all the same.
 */
@Component
class CallLimit {
    private final Duration limit;
    private final ExecutorService threads = Executors
        .newThreadPerTaskExecutor(Thread.ofVirtual().name("call-", 0).factory());

    @Autowired
    CallLimit(SovereignKeysSettings settings) {
        this(settings.callTimeout());
    }

    CallLimit(Duration limit) {
        this.limit = limit;
    }

    /**
     * Runs a call in a thread of its own.
     *
     * @throws CallTimedOutException if it is not done within the limit, counted from the request's coming
     */
    <T> T within(HttpServletRequest request, Callable<T> call) {
        Duration left = limit.minus(RequestArrival.age(request));
        if (!left.isPositive()) {
            throw new CallTimedOutException(limit);
        }
        Map<String, String> context = MDC.getCopyOfContextMap();
        Future<T> answer = threads.submit(() -> {
            MDC.setContextMap(context == null ? Map.of() : context);
            return call.call();
        });
        try {
            return answer.get(left.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            answer.cancel(true);
            throw new CallTimedOutException(limit);
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new CallTimedOutException(limit);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    @PreDestroy
    void close() {
        threads.shutdownNow();
    }
}
