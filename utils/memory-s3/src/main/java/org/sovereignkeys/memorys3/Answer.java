/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is sent back; to HEAD without the body. */
record Answer(int status, Map<String, String> headers, Content body) {
    static Answer empty(int status, Map<String, String> headers) {
        return new Answer(status, headers, Content.NONE);
    }

    static Answer empty(int status) {
        return empty(status, Map.of());
    }

    static Answer xml(int status, Xml body) {
        return xml(status, body.toString());
    }

    static Answer xml(int status, String body) {
        return text(status, "application/xml", body);
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, Map.of("Content-Type", contentType), Content.of(body));
    }

    Answer with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Answer(status, all, body);
    }
}
