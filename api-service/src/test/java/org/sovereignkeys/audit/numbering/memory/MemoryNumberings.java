/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.memory;

import java.time.InstantSource;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.numbering.Numbering;

/** Makes numberings for the tests of other packages. */
public final class MemoryNumberings {
    private MemoryNumberings() {}

    public static Numbering of(AuditStore store) {
        return new MemoryNumbering(store, InstantSource.system());
    }
}
