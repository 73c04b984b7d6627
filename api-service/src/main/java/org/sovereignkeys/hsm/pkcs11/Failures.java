/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.concurrent.ExecutionException;

import org.sovereignkeys.hsm.HsmException;
import org.sovereignkeys.hsm.HsmFaultException;

/** Failures on their way from a native thread to the caller. */
final class Failures {
    private Failures() {}

    /** What the port's caller learns of a failure. */
    static RuntimeException translated(Throwable failure) {
        return switch (failure) {
            case HsmException known -> known;
            case NoSessionException known -> known;
            case CryptokiException code -> code.toHsmException();
            default -> new HsmFaultException("A step in the HSM failed by a bug: " + failure.getClass().getName(),
                    failure);
        };
    }

    /** The failure of another thread, to be thrown by this one. */
    static RuntimeException rethrown(ExecutionException e) {
        Throwable cause = e.getCause();
        return translated(cause == null ? e : cause);
    }
}
