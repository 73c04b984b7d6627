/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads {@code /v1//} as {@code /v1/}: that is what a client calls whose base URL has a slash at its end. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class DoubleSlashFilter extends OncePerRequestFilter {
    private static final String DOUBLE = "/v1//";

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.startsWith(DOUBLE) || path.startsWith("/", DOUBLE.length());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(new SingleSlashRequest(request), response);
    }

    private static final class SingleSlashRequest extends HttpServletRequestWrapper {
        private final String path;

        SingleSlashRequest(HttpServletRequest request) {
            super(request);
            this.path = "/v1/" + request.getRequestURI().substring(DOUBLE.length());
        }

        @Override
        public String getRequestURI() {
            return path;
        }

        @Override
        public String getServletPath() {
            return path;
        }
    }
}
