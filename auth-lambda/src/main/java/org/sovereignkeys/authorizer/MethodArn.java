/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the gateway asks to allow: one method of one stage, on one path. Such an ARN goes into the policy as it is, so its
 * alphabet has no wildcard, no variable and no escape: it stands for itself alone, and can be read in one way only.
 *
 * @param text the whole ARN, {@code arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH}
 * @param method GET or POST
 * @param path the path behind the stage, without leading slash
 * @param instanceId the instance that the path names; null where it names none
 */
public record MethodArn(String text, String method, String path, @Nullable String instanceId) {
    // A client whose configured URL ends in a slash brings one slash too many, directly behind the stage.
    private static final Pattern FORM = Pattern
        .compile("arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\\d{12}:[a-z0-9]+/[\\w-]+"
                + "/(?<method>GET|POST)//?(?<path>encryption/(?<instance>" + Form.INSTANCE_ID.pattern()
                + ")/[a-z]+(?:-[a-z]+)*|public-signing-key)");

    /** Reads an ARN; nothing if it is none of a call that this API could have. */
    public static Optional<MethodArn> parse(String text) {
        Matcher arn = FORM.matcher(text);
        return arn.matches()
                ? Optional.of(new MethodArn(text, arn.group("method"), arn.group("path"), arn.group("instance")))
                : Optional.empty();
    }

    /** Whether a path, as the caller sent it, is literally this one. */
    boolean isReachedBy(String sent) {
        return sent.equals('/' + path) || sent.equals("//" + path);
    }
}
