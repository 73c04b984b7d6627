/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.sovereignkeys.sandbox.RawHttp.Answer;
import org.sovereignkeys.sandbox.RunningSandbox.Instance;

import static org.assertj.core.api.Assertions.assertThat;

/** What callers get while nobody can say whether they may. */
class AwsOutageIT {
    private static final Duration BOUND = Duration.ofSeconds(10);

    /**
     * How far the authorizer comes without AWS depends on what it still knows: of one customer everything, of one the table's
     * item, and of one nothing.
     */
    @Test
    void whoCannotBeCheckedIsToTryAgain() throws IOException, InterruptedException {
        try (RunningSandbox sandbox = RunningSandbox.up("--brief")) {
            Instance everything = sandbox.instance("web");
            Instance item = sandbox.instance("neighbour");
            Instance nothing = sandbox.instance("stranger");
            assertThat(everything.askFor(everything.id()).status()).isEqualTo(400);
            assertThat(sandbox.instance("other-external-id").call("GET /v1/public-signing-key", "").status())
                .isEqualTo(200);
            Instance itemOnly = sandbox.instance("other-external-id");
            ProcessHandle.of(sandbox.script().pid("emulator")).orElseThrow().destroyForcibly();

            assertUnavailable(sandbox, "EC2 cannot be asked", everything, everything.id());
            // While the authorizer still knows the customer, which is for a minute.
            assertThat(everything.call("GET /v1/public-signing-key", "").status()).isEqualTo(200);
            assertUnavailable(sandbox, "STS cannot be asked", itemOnly, itemOnly.id());
            assertUnavailable(sandbox, "the customers' table cannot be asked", nothing, nothing.id());
            assertUnavailable(sandbox, "the customers' table cannot be asked", item, item.id());
            assertThat(sandbox.script().run("status").exitCode()).isEqualTo(1);
        }
    }

    private static void assertUnavailable(RunningSandbox sandbox, String detail, Instance caller, String id)
            throws IOException, InterruptedException {
        long served = sandbox.callsServed();
        long start = System.nanoTime();
        Answer answer = caller.askFor(id);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(sandbox.callsServed()).isEqualTo(served);
        JsonNode line = sandbox.lineOf(answer.header("x-amzn-RequestId").orElseThrow(), "authorizer.log");
        assertThat(line.path("decision").asString("")).isEqualTo("error");
        assertThat(line.path("detail").asString("")).satisfiesAnyOf(text -> assertThat(text).startsWith(detail),
                text -> assertThat(text).contains("no decision within"));
    }
}
