/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.util.Locale;

/** Whether a client keeps its connection, or makes a new one for each call. */
enum Connections {
    KEPT, NEW;

    static Connections of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
