/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sun.security.pkcs11.wrapper.PKCS11Exception;

import org.sovereignkeys.hsm.HsmFaultException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.PinRejectedException;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

import static org.assertj.core.api.Assertions.assertThat;

/** Numbers of PKCS#11 3.0, 7.1 and what the service makes of them. */
class ReturnCodeTest {
    private static ReturnCode code(long number) {
        return ReturnCode.of(new PKCS11Exception(number, null));
    }

    private static CryptokiException exception(long number) {
        return new CryptokiException("C_Function", code(number), null);
    }

    @ParameterizedTest
    @CsvSource({
        "0xB3, CKR_SESSION_HANDLE_INVALID, SESSION_LOST", "0xB0, CKR_SESSION_CLOSED, SESSION_LOST",
        "0x101, CKR_USER_NOT_LOGGED_IN, LOGIN_LOST", "0x32, CKR_DEVICE_REMOVED, DEVICE_LOST",
        "0xE0, CKR_TOKEN_NOT_PRESENT, DEVICE_LOST", "0x190, CKR_CRYPTOKI_NOT_INITIALIZED, DEVICE_LOST",
        "0x60, CKR_KEY_HANDLE_INVALID, HANDLE_INVALID", "0x82, CKR_OBJECT_HANDLE_INVALID, HANDLE_INVALID",
        "0x30, CKR_DEVICE_ERROR, DOUBTFUL", "0x5, CKR_GENERAL_ERROR, DOUBTFUL",
        "0x6, CKR_FUNCTION_FAILED, DOUBTFUL", "0x90, CKR_OPERATION_ACTIVE, DOUBTFUL",
        "0x91, CKR_OPERATION_NOT_INITIALIZED, DOUBTFUL", "0x121, CKR_RANDOM_NO_RNG, DOUBTFUL",
        "0x200, CKR_FUNCTION_REJECTED, DOUBTFUL", "0xD1, CKR_TEMPLATE_INCONSISTENT, FAULT",
        "0x68, CKR_KEY_FUNCTION_NOT_PERMITTED, FAULT", "0x71, CKR_MECHANISM_PARAM_INVALID, FAULT",
        "0x7, CKR_ARGUMENTS_BAD, FAULT", "0xB1, CKR_SESSION_COUNT, BUSY", "0x31, CKR_DEVICE_MEMORY, BUSY",
        "0xA0, CKR_PIN_INCORRECT, PIN_REFUSED", "0xA1, CKR_PIN_INVALID, PIN_REFUSED",
        "0xA2, CKR_PIN_LEN_RANGE, PIN_REFUSED", "0xA3, CKR_PIN_EXPIRED, PIN_REFUSED",
        "0xA4, CKR_PIN_LOCKED, PIN_REFUSED", "0x100, CKR_USER_ALREADY_LOGGED_IN, ALREADY_LOGGED_IN",
        "0x40, CKR_ENCRYPTED_DATA_INVALID, DATA_REJECTED", "0x110, CKR_WRAPPED_KEY_INVALID, DATA_REJECTED",
        "0x112, CKR_WRAPPED_KEY_LEN_RANGE, DATA_REJECTED", "0x13, CKR_ATTRIBUTE_VALUE_INVALID, KEY_REFUSED",
        "0x62, CKR_KEY_SIZE_RANGE, KEY_REFUSED", "0x70, CKR_MECHANISM_INVALID, FAULT"})
    void eachCodeHasItsMeaning(String number, String name, Meaning meaning) {
        assertThat(code(Long.decode(number))).isEqualTo(new ReturnCode(name, meaning));
    }

    @Test
    void aVendorsCodeIsAFault() {
        assertThat(code(0x80001234L)).isEqualTo(new ReturnCode("0x80001234", Meaning.FAULT));
    }

    @Test
    void theMessageNamesFunctionAndCode() {
        assertThat(exception(0x30).toHsmException()).isInstanceOf(HsmUnavailableException.class)
            .hasMessageContaining("C_Function returned CKR_DEVICE_ERROR");
    }

    @Test
    void aRefusedPinIsNoOutage() {
        assertThat(exception(0xA4).toHsmException()).isInstanceOfSatisfying(PinRejectedException.class,
                locked -> assertThat(locked.isIncorrect()).isFalse());
        assertThat(exception(0xA0).toHsmException()).isInstanceOfSatisfying(PinRejectedException.class,
                wrong -> assertThat(wrong.isIncorrect()).isTrue());
    }

    @Test
    void aLoginOfSomebodyElsesIsAnOutageAndNoAcceptedPin() {
        assertThat(exception(0x100).toHsmException()).isInstanceOf(HsmUnavailableException.class);
    }

    @Test
    void rejectedDataIsAFaultWhereNobodyExpectsIt() {
        assertThat(exception(0x40).toHsmException()).isInstanceOf(HsmFaultException.class);
    }
}
