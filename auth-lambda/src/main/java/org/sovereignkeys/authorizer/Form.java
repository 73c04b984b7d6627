/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.util.regex.Pattern;

/** The alphabets of what comes from outside. Nothing goes on to AWS, into a policy or into the log that is not of its form. */
public enum Form {
    VPC_ID("vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})"), INSTANCE_ID("i-(?:[0-9a-f]{8}|[0-9a-f]{17})"), REQUEST_ID(
            "[0-9A-Za-z-]{1,64}"), ROLE_ARN(
                    "arn:aws[a-z-]*:iam::[0-9]{12}:role/[0-9A-Za-z_+=,.@/-]{1,576}"), EXTERNAL_ID(
                            "[0-9A-Za-z_+=,.@:/-]{2,1224}");

    private final Pattern pattern;

    Form(String pattern) {
        this.pattern = Pattern.compile(pattern);
    }

    /** Whether the whole text is of this form. */
    public boolean fits(String text) {
        return pattern.matcher(text).matches();
    }

    String pattern() {
        return pattern.pattern();
    }
}
