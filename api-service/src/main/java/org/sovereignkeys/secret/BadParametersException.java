/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.util.List;

/** Parameters are missing or not of their form. The message names each, and what is wanted. */
public class BadParametersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadParametersException(List<String> problems) {
        super(String.join("; ", problems));
    }
}
