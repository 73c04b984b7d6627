/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.time.Duration;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;

/** When a request came: to the gateway, where that says how long it has had the request already. */
public final class RequestArrival {
    /** Milliseconds that the gateway spent before; set by it alone. */
    private static final String SPENT_BEFORE = "x-sovereign-keys-elapsed-ms";
    private static final Pattern MILLISECONDS = Pattern.compile("\\d{1,5}");
    private static final String ATTRIBUTE = RequestArrival.class.getName();

    private RequestArrival() {}

    static void mark(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, System.nanoTime() - spentBefore(request).toNanos());
    }

    private static Duration spentBefore(HttpServletRequest request) {
        String text = request.getHeader(SPENT_BEFORE);
        return text != null && MILLISECONDS.matcher(text).matches()
                ? Duration.ofMillis(Long.parseLong(text))
                : Duration.ZERO;
    }

    /** How long ago the request came. */
    public static Duration age(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Long nanos
                ? Duration.ofNanos(System.nanoTime() - nanos)
                : Duration.ZERO;
    }
}
