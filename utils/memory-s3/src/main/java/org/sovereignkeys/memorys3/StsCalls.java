/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** STS's AssumeRole: anybody gets a session of any role. */
final class StsCalls {
    private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
    private static final String DEFAULT_SECONDS = "3600";

    private StsCalls() {}

    static boolean isOne(Request request) {
        return request.method().equals("POST") && request.bucket() == null
                && "AssumeRole".equals(request.form().get("Action"));
    }

    static Answer answer(Request request) {
        Map<String, String> form = request.form();
        String role = form.get("RoleArn");
        String session = form.get("RoleSessionName");
        if (role == null || session == null) {
            return error(request, "RoleArn and RoleSessionName must be given.");
        }
        String seconds = form.getOrDefault("DurationSeconds", DEFAULT_SECONDS);
        if (!seconds.matches("[0-9]{1,5}")) {
            return error(request, "DurationSeconds must be a number.");
        }
        Instant end = Instant.now().plusSeconds(Long.parseLong(seconds)).truncatedTo(ChronoUnit.SECONDS);
        Xml xml = new Xml().open("AssumeRoleResponse xmlns=\"" + NAMESPACE + "\"")
            .open("AssumeRoleResult")
            .open("AssumedRoleUser")
            .element("AssumedRoleId", "AROAEXAMPLEEXAMPLEEX:" + session)
            .element("Arn",
                    role.replaceFirst(":iam:", ":sts:").replaceFirst(":role/", ":assumed-role/") + "/" + session)
            .close("AssumedRoleUser")
            .open("Credentials")
            .element("AccessKeyId", "ASIAIOSFODNN7EXAMPLE")
            .element("SecretAccessKey", "of-a-session")
            .element("SessionToken", "session-" + request.id())
            .element("Expiration", end.toString())
            .close("Credentials")
            .close("AssumeRoleResult")
            .open("ResponseMetadata")
            .element("RequestId", request.id())
            .close("ResponseMetadata")
            .close("AssumeRoleResponse");
        return xml(200, xml);
    }

    private static Answer error(Request request, String message) {
        Xml xml = new Xml().open("ErrorResponse xmlns=\"" + NAMESPACE + "\"")
            .open("Error")
            .element("Type", "Sender")
            .element("Code", "ValidationError")
            .element("Message", message)
            .close("Error")
            .element("RequestId", request.id())
            .close("ErrorResponse");
        return xml(400, xml);
    }

    private static Answer xml(int status, Xml xml) {
        return Answer.text(status, "text/xml", xml.toString());
    }
}
