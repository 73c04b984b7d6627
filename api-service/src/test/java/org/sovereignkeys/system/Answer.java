/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.net.http.HttpHeaders;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the service answered. */
record Answer(int status, HttpHeaders headers, String body) {
    private static final JsonMapper JSON = new JsonMapper();

    /** The text of a member of the body; fails when it is not there. */
    String text(String member) {
        JsonNode value = JSON.readTree(body).get(member);
        if (value == null || !value.isString()) {
            throw new AssertionError("no " + member + " in " + status + " " + body);
        }
        return value.stringValue();
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
