/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

class MemoryAuditStoreTest extends AuditStoreContract {
    private final AuditStore store = new MemoryAuditStore();

    @Override
    protected AuditStore store() {
        return store;
    }
}
