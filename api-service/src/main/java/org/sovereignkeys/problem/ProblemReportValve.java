/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what the web server itself refuses, before any of our code is reached, as a problem detail too. */
public class ProblemReportValve extends ErrorReportValve {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemReportValve.class);

    private static final String REQUEST_ID = "X-Request-Id";

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        super.invoke(request, response);
        if (response.getStatus() == HttpServletResponse.SC_REQUEST_TIMEOUT) {
            // What is left of a body that came too slowly is not waited for: it would hold the connection for as long.
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        if (response.getStatus() == 501) {
            response.setStatus(400); // a transfer encoding that is not offered: the caller's mistake
        }
        if (response.getHeader(REQUEST_ID) == null) {
            response.setHeader(REQUEST_ID, UUID.randomUUID().toString());
        }
        int status = response.getStatus();
        String detail = detail(status);
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

    private static String detail(int status) {
        return switch (status) {
            case 404 ->
                "There is no such call. Check the base URL (it ends in /v1) and the path, which has no escapes.";
            case 405 -> "This method is not offered.";
            case 408 -> "The request did not come within the time that there is for it.";
            case 413, 414, 431 -> "The request is larger than what is taken.";
            case 417 -> "No expectation but 100-continue can be met.";
            default -> status < 500
                    ? "The request is not HTTP that can be read: check its path, its headers and its transfer encoding."
                    : "Sovereign Keys failed unexpectedly. Tell its operators the X-Request-Id of this answer.";
        };
    }
}
