/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.Locale;
import java.util.Optional;
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
    private static final Pattern BEGINNING = Pattern.compile(Keys.RECORDS + "[^/]+/(\\d{9})(?!\\d).*",
            Pattern.DOTALL);

    /** Reads a name; empty if it is none. */
    static Optional<RecordKey> parse(String key) {
        Matcher form = FORM.matcher(key);
        return form.matches() && VpcId.isValid(form.group(1))
                ? Optional.of(new RecordKey(new VpcId(form.group(1)), Long.parseLong(form.group(2)), form.group(3),
                        form.group(4)))
                : Optional.empty();
    }

    /** Reads a name that is known to be one. */
    static RecordKey of(String key) {
        return parse(key).orElseThrow(() -> new IllegalArgumentException("not the name of a record: " + key));
    }

    /** The lowest number that can be on record under a name, also one of another form: 1 if it does not tell. */
    static long lowestNumber(String key) {
        Matcher beginning = BEGINNING.matcher(key);
        return beginning.matches() ? Long.parseLong(beginning.group(1)) : 1;
    }

    RecordKey ownedBy(String bootId) {
        return new RecordKey(vpcId, first, bootId, batchId);
    }

    String text() {
        return Keys.records(vpcId) + String.format(Locale.ROOT, "%09d-%s-%s", first, owner, batchId);
    }
}
