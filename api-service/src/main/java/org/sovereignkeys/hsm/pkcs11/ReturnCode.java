/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import sun.security.pkcs11.wrapper.PKCS11Exception;
import sun.security.pkcs11.wrapper.PKCS11Exception.RV;

/**
 * What a function other than CKR_OK returned.
 *
 * @param name the code's name in PKCS#11, or its number
 * @param meaning what it says about the session, the device, or what was asked
 */
record ReturnCode(String name, Meaning meaning) {
    /** What the service makes of a code. */
    enum Meaning {
        /** This session is gone; others may live. */
        SESSION_LOST,
        /** Nobody is logged in any more. */
        LOGIN_LOST,
        /** The device or its token is gone, and every session with it. */
        DEVICE_LOST,
        /** A handle means nothing any more. */
        HANDLE_INVALID,
        /** The call failed for a reason that may lie in the session, the device, or the request. */
        DOUBTFUL,
        /** No session or memory is left for now. */
        BUSY,
        /** The PIN is wrong, or may not be used. */
        PIN_REFUSED,
        /** Somebody is logged in. Says nothing about the PIN that came along. */
        ALREADY_LOGGED_IN,
        /** What was to be unwrapped is not authentic, if C_UnwrapKey says so; a fault of ours from any other function. */
        DATA_REJECTED,
        /** The key that was imported is not one that the HSM takes. */
        KEY_REFUSED,
        /** An answer that never should come. */
        FAULT
    }

    private static final List<RV> KNOWN = Arrays.asList(RV.values());

    static ReturnCode of(PKCS11Exception exception) {
        Optional<RV> known = KNOWN.stream().filter(exception::match).findFirst();
        return new ReturnCode(known.map(RV::name).orElseGet(() -> "0x" + Long.toHexString(exception.getErrorCode())),
                known.map(ReturnCode::meaning).orElse(Meaning.FAULT));
    }

    /** The one place where codes are told apart. */
    static Meaning meaning(RV code) {
        return switch (code) {
            case CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED -> Meaning.SESSION_LOST;
            case CKR_USER_NOT_LOGGED_IN -> Meaning.LOGIN_LOST;
            case CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID,
                    CKR_CRYPTOKI_NOT_INITIALIZED ->
                Meaning.DEVICE_LOST;
            case CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_WRAPPING_KEY_HANDLE_INVALID,
                    CKR_UNWRAPPING_KEY_HANDLE_INVALID ->
                Meaning.HANDLE_INVALID;
            case CKR_DEVICE_ERROR, CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_FUNCTION_CANCELED,
                    CKR_FUNCTION_REJECTED, CKR_CANCEL, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED,
                    CKR_OPERATION_CANCEL_FAILED, CKR_RANDOM_NO_RNG, CKR_FIPS_SELF_TEST_FAILED, CKR_CANT_LOCK,
                    CKR_MUTEX_BAD, CKR_MUTEX_NOT_LOCKED ->
                Meaning.DOUBTFUL;
            case CKR_SESSION_COUNT, CKR_DEVICE_MEMORY, CKR_HOST_MEMORY, CKR_TOKEN_RESOURCE_EXCEEDED -> Meaning.BUSY;
            case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED, CKR_PIN_LOCKED,
                    CKR_PIN_TOO_WEAK, CKR_USER_PIN_NOT_INITIALIZED ->
                Meaning.PIN_REFUSED;
            case CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN -> Meaning.ALREADY_LOGGED_IN;
            case CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_AEAD_DECRYPT_FAILED,
                    CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE, CKR_DATA_INVALID, CKR_DATA_LEN_RANGE,
                    CKR_SIGNATURE_INVALID ->
                Meaning.DATA_REJECTED;
            case CKR_ATTRIBUTE_VALUE_INVALID, CKR_KEY_SIZE_RANGE, CKR_WRAPPING_KEY_SIZE_RANGE,
                    CKR_WRAPPING_KEY_TYPE_INCONSISTENT, CKR_PUBLIC_KEY_INVALID ->
                Meaning.KEY_REFUSED;
            default -> Meaning.FAULT;
        };
    }
}
