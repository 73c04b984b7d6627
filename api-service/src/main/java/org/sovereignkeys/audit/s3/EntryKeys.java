/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.sovereignkeys.customer.VpcId;

/** The keys of entries: {@code {vpc_id}/{number, 9 digits}.json}, so that their order is that of the numbers. */
final class EntryKeys {
    static final String DELIMITER = "/";
    private static final Pattern NAME = Pattern.compile("(?<number>\\d{9})\\.json");

    private EntryKeys() {}

    static String prefix(VpcId vpcId) {
        return vpcId.value() + DELIMITER;
    }

    static String key(VpcId vpcId, long number) {
        return prefix(vpcId) + String.format(Locale.ROOT, "%09d.json", number);
    }

    /** The number of one of the VPC's entries; 0 for a key that is none. */
    static long number(VpcId vpcId, String key) {
        String prefix = prefix(vpcId);
        Matcher name = NAME.matcher(key.startsWith(prefix) ? key.substring(prefix.length()) : "");
        return name.matches() ? Long.parseLong(name.group("number")) : 0;
    }
}
