/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.time.Duration;

import jakarta.servlet.http.HttpServletRequest;

/** When a request came. */
public final class RequestArrival {
    private static final String ATTRIBUTE = RequestArrival.class.getName();

    private RequestArrival() {}

    static void mark(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, System.nanoTime());
    }

    /** How long ago the request came. */
    public static Duration age(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Long nanos
                ? Duration.ofNanos(System.nanoTime() - nanos)
                : Duration.ZERO;
    }
}
