/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.network;

import java.io.IOException;

import com.sun.net.httpserver.HttpExchange;

/** Answers calls of instances. */
@FunctionalInterface
public interface CallerHandler {
    /** Answers a call; may be called by several threads. Whoever calls it closes the exchange. */
    void handle(HttpExchange exchange, Caller caller) throws IOException;
}
