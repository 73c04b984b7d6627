/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.memory;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.audit.numbering.NumberingContract;

class MemoryNumberingTest extends NumberingContract {
    @Override
    protected Numbering numbering(AuditStore store) {
        return MemoryNumberings.of(store);
    }
}
