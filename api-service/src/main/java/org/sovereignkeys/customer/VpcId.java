/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer;

import java.util.regex.Pattern;

/** Id of a VPC: {@code vpc-} and 8 or 17 lower-case hex digits. */
public record VpcId(String value) {
    private static final Pattern FORM = Pattern.compile("vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})");

    /** Takes an id; throws {@link IllegalArgumentException} if it is not of that form. */
    public VpcId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a VPC id: vpc- and 8 or 17 lower-case hex digits are wanted");
        }
    }

    /** Whether the text has the form of a VPC id. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
