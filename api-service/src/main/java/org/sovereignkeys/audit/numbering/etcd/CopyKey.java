/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.util.Optional;

import org.sovereignkeys.customer.VpcId;

/**
 * The name under which lies what waits of a VPC's copy.
 *
 * @param owner boot id of who sees to it
 */
record CopyKey(VpcId vpcId, String owner) {
    /** Reads a name; empty if it is none. */
    static Optional<CopyKey> of(String key) {
        String[] parts = key.substring(Keys.COPIES.length()).split("/", -1);
        return parts.length == 2 && VpcId.isValid(parts[0])
                ? Optional.of(new CopyKey(new VpcId(parts[0]), parts[1]))
                : Optional.empty();
    }

    String text() {
        return Keys.COPIES + vpcId + "/" + owner;
    }
}
