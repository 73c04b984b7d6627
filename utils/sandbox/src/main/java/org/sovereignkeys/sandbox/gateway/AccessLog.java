/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

/** A line of JSON a call: who called what, and what came of it. */
final class AccessLog {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LONGEST_PATH = 300;

    private final PrintStream out;
    private final Clock clock;

    AccessLog(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /**
     * Writes a line.
     *
     * @param reason why the gateway answered by itself, or that it passed the call on
     */
    void answered(Call call, int status, String reason, boolean forwarded) {
        Map<String, Object> line = begin(call.id());
        line.put("caller", call.caller().name());
        end(line, call.method(), call.target(), status, reason, forwarded);
    }

    /** Writes a line of a call that is nobody's. */
    void refused(String id, InetAddress address, String method, URI target, Refusal refusal) {
        Map<String, Object> line = begin(id);
        line.put("address", address.getHostAddress());
        end(line, method, target, refusal.status(), refusal.reason(), false);
    }

    private Map<String, Object> begin(String id) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.instant().toString());
        line.put("request_id", id);
        return line;
    }

    private void end(Map<String, Object> line, String method, URI target, int status, String reason,
            boolean forwarded) {
        line.put("method", method);
        String path = target.toString();
        line.put("path", path.substring(0, Math.min(path.length(), LONGEST_PATH)));
        line.put("status", status);
        line.put("reason", reason);
        line.put("forwarded", forwarded);
        out.println(JSON.writeValueAsString(line));
    }
}
