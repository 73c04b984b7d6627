/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.configuration;

import java.io.Serial;

/** A parameter that cannot be used; the message has its name and what is wrong with it. */
public final class ConfigurationException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    ConfigurationException(String message) {
        super(message);
    }
}
