/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where an entry lies: {@code {vpc}/{number, 9 digits}.json}. */
record EntryKey(String vpcId, long number) {
    static final String VPC = "vpc-(?:[0-9a-f]{17}|[0-9a-f]{8})";
    private static final Pattern FORM = Pattern.compile("(" + VPC + ")/([0-9]{9})\\.json");

    /** The key of that text; empty if it is none. */
    static Optional<EntryKey> of(String key) {
        Matcher form = FORM.matcher(key);
        return form.matches()
                ? Optional.of(new EntryKey(form.group(1), Long.parseLong(form.group(2))))
                    .filter(found -> found.number > 0)
                : Optional.empty();
    }
}
