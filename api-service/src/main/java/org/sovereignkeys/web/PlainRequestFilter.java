/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets through only paths that everyone reads alike. No path of ours needs an escape or a parameter; with one, the gateway
 * in front could have authorised another instance than the one that we would read.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class PlainRequestFilter extends OncePerRequestFilter {
    /** Servlets answer these themselves. */
    private static final Set<String> UNWANTED = Set.of("OPTIONS", "TRACE");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        if (path.indexOf(';') >= 0 || path.indexOf('%') >= 0) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            chain.doFilter(UNWANTED.contains(request.getMethod()) ? withUnknownMethod(request) : request, response);
        }
    }

    /** Methods differ by case: in lower case it is one that no call has, and is answered with those that the call has. */
    private static HttpServletRequest withUnknownMethod(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public String getMethod() {
                return super.getMethod().toLowerCase(Locale.ROOT);
            }
        };
    }
}
