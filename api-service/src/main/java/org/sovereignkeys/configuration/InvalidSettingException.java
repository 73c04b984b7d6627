/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.configuration;

import org.jspecify.annotations.Nullable;

/** A setting has a value with which the node must not start. The message names the key and the reason. */
public class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private InvalidSettingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * @param key name of the setting below {@code sovereign-keys.}
     * @param reason what is wrong with its value
     */
    public InvalidSettingException(String key, String reason) {
        this("sovereign-keys." + key + ": " + reason, (Throwable) null);
    }

    /** The same, for what was found out by a failure. */
    public InvalidSettingException(String key, String reason, Throwable cause) {
        this("sovereign-keys." + key + ": " + reason, cause);
    }

    /** The same for a setting that is not ours, named in full. */
    public static InvalidSettingException ofForeign(String key, String reason) {
        return new InvalidSettingException(key + ": " + reason, (Throwable) null);
    }
}
