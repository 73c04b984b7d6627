/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what the web server itself refuses, before any of our code is reached, as a problem detail too. */
public class ProblemReportValve extends ErrorReportValve {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemReportValve.class);

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        String detail = status < 500
                ? "The request is not one that can be read: check its path and its headers."
                : "Sovereign Keys failed unexpectedly.";
        byte[] body = ("{\"type\":\"about:blank\",\"status\":" + status + ",\"detail\":\"" + detail
                + "\",\"message\":\""
                + detail + "\"}")
            .getBytes(StandardCharsets.US_ASCII);
        response.setContentType("application/problem+json");
        response.setContentLength(body.length);
        try {
            response.getResponse().getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("the problem could not be told", e);
        }
    }
}
