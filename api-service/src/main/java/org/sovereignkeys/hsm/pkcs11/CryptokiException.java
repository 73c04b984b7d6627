/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.hsm.HsmException;
import org.sovereignkeys.hsm.HsmFaultException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.PinRejectedException;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

/** A PKCS#11 function did not return CKR_OK. Names the function and the code, never data. */
final class CryptokiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String function;
    private final transient ReturnCode code;

    CryptokiException(String function, ReturnCode code, @Nullable Throwable cause) {
        super(function + " returned " + code.name(), cause);
        this.function = function;
        this.code = code;
    }

    /** The session is gone, as we know without asking. */
    static CryptokiException sessionLost(String function) {
        return new CryptokiException(function, new ReturnCode("CKR_SESSION_HANDLE_INVALID", Meaning.SESSION_LOST),
                null);
    }

    /** The session's state says that nobody is logged in. */
    static CryptokiException loginLost(String function) {
        return new CryptokiException(function, new ReturnCode("CKR_USER_NOT_LOGGED_IN", Meaning.LOGIN_LOST), null);
    }

    String function() {
        return function;
    }

    Meaning meaning() {
        return code.meaning();
    }

    /** Whether the HSM looked at what was to be unwrapped, and it is not authentic. No other function says so. */
    boolean rejectsWrapped() {
        return code.meaning() == Meaning.DATA_REJECTED && "C_UnwrapKey".equals(function);
    }

    /** What the caller of the port learns where no use case knows better. */
    HsmException toHsmException() {
        return switch (code.meaning()) {
            case SESSION_LOST, LOGIN_LOST, DEVICE_LOST, HANDLE_INVALID ->
                new HsmUnavailableException("The connection to the HSM was lost: " + getMessage(), this);
            case DOUBTFUL -> new HsmUnavailableException("The HSM failed: " + getMessage(), this);
            case BUSY -> new HsmUnavailableException("The HSM has no room left: " + getMessage(), this);
            case PIN_REFUSED -> new PinRejectedException("The HSM refuses the PIN: " + getMessage(),
                    "CKR_PIN_INCORRECT".equals(code.name()), this);
            case ALREADY_LOGGED_IN -> new HsmUnavailableException(
                    "The HSM does not let go of a former login, so the PIN cannot be tested: " + getMessage(), this);
            case DATA_REJECTED, KEY_REFUSED, FAULT ->
                new HsmFaultException("The HSM gave an answer that nothing explains: " + getMessage(), this);
        };
    }
}
