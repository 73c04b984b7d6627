/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.util.Map;

/** An error as S3 answers it. */
final class Refusal extends RuntimeException {
    private final int status;
    private final String code;
    private final transient Map<String, String> headers;

    Refusal(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    Refusal(int status, String code, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    static Refusal notImplemented(String what) {
        return new Refusal(501, "NotImplemented", "This server does not know " + what + ".");
    }

    static Refusal badArgument(String message) {
        return new Refusal(400, "InvalidArgument", message);
    }

    Answer answer(Request request) {
        Xml body = new Xml().open("Error")
            .element("Code", code)
            .element("Message", String.valueOf(getMessage()))
            .element("Resource", request.path())
            .element("RequestId", request.id())
            .close("Error");
        return Answer.xml(status, body).with(headers);
    }
}
