/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import org.jspecify.annotations.Nullable;

/** No answer of etcd: whether it did what it was asked is not known. */
public final class EtcdUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EtcdUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
