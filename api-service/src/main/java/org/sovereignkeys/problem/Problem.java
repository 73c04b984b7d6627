/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.problem;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** Makes problem details (RFC 9457). {@code message} repeats the detail, for clients that know the gateway's errors only. */
final class Problem {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private Problem() {}

    /**
     * An answer with a problem detail.
     *
     * @param status the HTTP status; 503 gets a Retry-After
     * @param detail a sentence that the caller can act on
     * @param headers further headers
     */
    static ResponseEntity<Object> answer(HttpStatusCode status, String detail, @Nullable HttpHeaders headers) {
        return answer(status, detail, null, headers);
    }

    /** The same, with the member {@code reason}: what exactly is wrong, where the detail is a fixed text. */
    static ResponseEntity<Object> answer(HttpStatusCode status, String detail, @Nullable String reason,
            @Nullable HttpHeaders headers) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("about:blank"));
        problem.setProperty("message", detail);
        if (reason != null) {
            problem.setProperty("reason", reason);
        }
        HttpHeaders all = new HttpHeaders();
        if (headers != null) {
            all.addAll(headers);
        }
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status.value() == 503) {
            all.set(HttpHeaders.RETRY_AFTER, Long.toString(RETRY_AFTER.toSeconds()));
        }
        return new ResponseEntity<>(problem, all, status);
    }
}
