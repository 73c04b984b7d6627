/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.network;

import java.io.IOException;

import com.sun.net.httpserver.HttpExchange;

/** Answers calls; may be called by several threads. Whoever calls it closes the exchange. */
public interface CallerHandler {
    /** Answers a call of an instance. */
    void handle(HttpExchange exchange, Caller caller) throws IOException;

    /** Refuses a call that comes from no instance. */
    void refuse(HttpExchange exchange) throws IOException;
}
