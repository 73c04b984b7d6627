/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

/** A setting has a value with which the node must not start. The message names the key and the reason. */
public class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param key name of the setting below {@code sovereign-keys.}
     * @param reason what is wrong with its value
     */
    public InvalidSettingException(String key, String reason) {
        super("sovereign-keys." + key + ": " + reason);
    }
}
