/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.file;

import java.nio.file.Path;

import org.sovereignkeys.audit.AuditStore;

/** Opens stores for the tests of other packages. */
public final class FileAuditStores {
    private FileAuditStores() {}

    public static AuditStore open(Path folder) {
        return FileAuditStore.open(folder);
    }

    public static void close(AuditStore store) {
        ((FileAuditStore) store).close();
    }
}
