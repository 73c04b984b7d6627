/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.etcd;

import org.jspecify.annotations.Nullable;

/** A member did not answer in time, or refused: its reason is in the message. */
public final class EtcdException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EtcdException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
