/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import org.sovereignkeys.customer.VpcId;

/** What a step asks of the world outside. */
sealed interface Request permits Transaction, Request.EndOfLog {
    /** The end of a VPC's log in the store. */
    record EndOfLog(VpcId vpcId) implements Request {}
}
