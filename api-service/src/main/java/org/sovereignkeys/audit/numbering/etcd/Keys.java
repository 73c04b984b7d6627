/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import org.sovereignkeys.customer.VpcId;

/** The names of what lies in etcd. Format: docs/design/audit-numbering.md. */
final class Keys {
    private static final String PREFIX = "sovereign-keys/";
    static final String NODES = PREFIX + "nodes/";
    static final String RECORDS = PREFIX + "records/";

    static final String COPIES = PREFIX + "copies/";
    static final String COPIES_BEGUN = PREFIX + "copies-begun/";

    private Keys() {}

    static String counter(VpcId vpcId) {
        return PREFIX + "numbers/" + vpcId;
    }

    static String records(VpcId vpcId) {
        return RECORDS + vpcId + "/";
    }

    static String copiesBegun(VpcId vpcId) {
        return COPIES_BEGUN + vpcId;
    }

    static String node(String bootId) {
        return NODES + bootId;
    }
}
