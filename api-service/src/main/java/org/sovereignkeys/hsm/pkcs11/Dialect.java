/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;

import sun.security.pkcs11.wrapper.CK_MECHANISM;

import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.PinRejectedException;

/** What tells the vendors apart; all else is the same. Sources: docs/design/hsm-access.md. */
enum Dialect {
    PROTECCIO("/opt/tw_proteccio/lib/libnethsm.so", Derivation.ECB_ENCRYPT_DATA, IvMaker.SERVICE, false,
            PinForm.ANY),

    CLOUDHSM("/opt/cloudhsm/lib/libcloudhsm_pkcs11.so", Derivation.COUNTER_KDF, IvMaker.HSM, true,
            PinForm.USER_AND_PASSWORD);

    /** Who makes the IV of AES-GCM. */
    enum IvMaker {
        /** We do, from the HSM's generator. */
        SERVICE,
        /** CloudHSM does, and takes none: it stands before the ciphertext, on the way out and in. */
        HSM
    }

    private enum Derivation {
        /** The nonce encrypted under the parent key. */
        ECB_ENCRYPT_DATA,
        /** CloudHSM's KDF in counter mode. */
        COUNTER_KDF
    }

    private enum PinForm {
        ANY, USER_AND_PASSWORD
    }

    private final Path defaultLibrary;
    private final Derivation derivation;
    private final IvMaker ivMaker;
    private final boolean keksExtractable;
    private final PinForm pinForm;

    Dialect(String defaultLibrary, Derivation derivation, IvMaker ivMaker,
            boolean keksExtractable, PinForm pinForm) {
        this.defaultLibrary = Path.of(defaultLibrary);
        this.derivation = derivation;
        this.ivMaker = ivMaker;
        this.keksExtractable = keksExtractable;
        this.pinForm = pinForm;
    }

    static Dialect of(HsmType type) {
        return switch (type) {
            case PROTECCIO -> PROTECCIO;
            case CLOUDHSM -> CLOUDHSM;
        };
    }

    /** Where the vendor's installer puts the library. */
    Path defaultLibrary() {
        return defaultLibrary;
    }

    IvMaker ivMaker() {
        return ivMaker;
    }

    /** CloudHSM refuses to derive a key that is not extractable. */
    boolean keksExtractable() {
        return keksExtractable;
    }

    /** How a parent key and a nonce make a KEK. */
    CK_MECHANISM derivation(Arena arena, byte[] nonce) {
        return switch (derivation) {
            case ECB_ENCRYPT_DATA -> Mechanisms.ecbEncryptData(arena, nonce);
            case COUNTER_KDF -> Mechanisms.cloudHsmCounterKdf(arena, nonce);
        };
    }

    /** How a KEK wraps and unwraps; the IV is not read where the HSM makes it. */
    CK_MECHANISM wrapping(Arena arena, byte[] iv, byte[] aad) {
        return switch (ivMaker) {
            case SERVICE -> Mechanisms.gcm(iv, aad);
            case HSM -> Mechanisms.cloudHsmGcm(arena, aad);
        };
    }

    /**
     * Checks what can be checked of a PIN without spending one of its tries.
     *
     * @throws PinRejectedException if the vendor cannot accept it
     */
    void requireForm(Pin pin) {
        if (pinForm != PinForm.USER_AND_PASSWORD) {
            return;
        }
        byte[] bytes = pin.copyOfSecretBytes();
        try {
            int colon = 0;
            while (colon < bytes.length && bytes[colon] != ':') {
                colon++;
            }
            if (colon == 0 || colon >= bytes.length - 1) {
                throw new PinRejectedException("The PIN of a CloudHSM is a user and a password, as user:password",
                        false, null);
            }
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
