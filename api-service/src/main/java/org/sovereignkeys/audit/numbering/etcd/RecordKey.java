/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.sovereignkeys.customer.VpcId;

/**
 * The name of a record. Names sort by VPC and number, and none is used twice.
 *
 * @param first its lowest number when it was made
 * @param owner boot id of who may store it
 */
record RecordKey(VpcId vpcId, long first, String owner, String batchId) {
    private static final Pattern FORM = Pattern.compile(Keys.RECORDS + "([^/]+)/(\\d{9})-([^-/]+)-([^-/]+)");

    /** Reads a name; throws {@link IllegalArgumentException} if it is none. */
    static RecordKey of(String key) {
        Matcher form = FORM.matcher(key);
        if (!form.matches()) {
            throw new IllegalArgumentException("not the name of a record: " + key);
        }
        return new RecordKey(new VpcId(form.group(1)), Long.parseLong(form.group(2)), form.group(3), form.group(4));
    }

    RecordKey ownedBy(String bootId) {
        return new RecordKey(vpcId, first, bootId, batchId);
    }

    String text() {
        return Keys.records(vpcId) + String.format(Locale.ROOT, "%09d-%s-%s", first, owner, batchId);
    }
}
