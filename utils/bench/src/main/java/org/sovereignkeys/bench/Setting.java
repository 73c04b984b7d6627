/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** How the HSM simulator behaves. */
enum Setting {
    /** Each call takes a millisecond longer and no core, as with an HSM in the network. */
    NETWORK("latency 1\n"),
    /** As it is: bound by the cores of this machine. */
    LOCAL("");

    private static final long SEEN_WITHIN_MILLIS = 100;

    private final String directives;

    Setting(String directives) {
        this.directives = directives;
    }

    static Setting of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Has all simulators that read this control file behave so, and returns when they do. */
    void enter(Path control) throws IOException {
        Path written = Files.writeString(control.resolveSibling(control.getFileName() + ".new"), directives);
        Files.move(written, control, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        try {
            Thread.sleep(SEEN_WITHIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
