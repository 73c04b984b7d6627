/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.Arrays;

import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;
import sun.security.pkcs11.wrapper.CK_MECHANISM;
import sun.security.pkcs11.wrapper.PKCS11Constants;

import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.pkcs11.Cryptoki.NativeAction;
import org.sovereignkeys.hsm.pkcs11.Cryptoki.NativeCall;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

/** A session of one generation, for one thread at a time. Once lost it does nothing any more. */
final class Session {
    private static final int FIND_BATCH = 16;

    private final Cryptoki cryptoki;
    private final long handle;
    private volatile boolean lost;

    Session(Cryptoki cryptoki, long handle) {
        this.cryptoki = cryptoki;
        this.handle = handle;
    }

    long handle() {
        return handle;
    }

    boolean lost() {
        return lost;
    }

    void lose() {
        lost = true;
    }

    /** Closes it, and destroys its objects with it. */
    void close() {
        cryptoki.close(this);
    }

    private <T> T call(String function, NativeCall<T> call) {
        if (lost) {
            throw CryptokiException.sessionLost(function);
        }
        T result;
        try {
            result = cryptoki.call(function, call);
        } catch (CryptokiException e) {
            if (e.meaning() == Meaning.SESSION_LOST) {
                lose();
                cryptoki.forget(this);
            }
            throw e;
        }
        if (lost) {
            throw CryptokiException.sessionLost(function);
        }
        return result;
    }

    private void run(String function, NativeAction action) {
        call(function, library -> {
            action.on(library);
            return true;
        });
    }

    void requireLogin() {
        if (!Cryptoki.loggedIn(call("C_GetSessionInfo", p -> p.C_GetSessionInfo(handle)))) {
            throw CryptokiException.loginLost("C_GetSessionInfo");
        }
    }

    /** Logs the application in. The binding cuts each char to a byte, so the PIN goes as its UTF-8 bytes. */
    void login(Pin pin) {
        byte[] bytes = pin.copyOfSecretBytes();
        char[] chars = new char[bytes.length];
        try {
            for (int i = 0; i < bytes.length; i++) {
                chars[i] = (char) (bytes[i] & 0xff);
            }
            run("C_Login", p -> p.C_Login(handle, PKCS11Constants.CKU_USER, chars));
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(chars, '\0');
        }
    }

    void logout() {
        run("C_Logout", p -> p.C_Logout(handle));
    }

    byte[] random(int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        run("C_GenerateRandom", p -> p.C_GenerateRandom(handle, bytes));
        return bytes;
    }

    /** Handles of all objects that have these attributes. */
    long[] find(CK_ATTRIBUTE... template) {
        run("C_FindObjectsInit", p -> p.C_FindObjectsInit(handle, template));
        long[] found = {};
        try {
            long[] batch;
            do {
                batch = call("C_FindObjects", p -> p.C_FindObjects(handle, FIND_BATCH));
                int size = found.length;
                found = Arrays.copyOf(found, size + batch.length);
                System.arraycopy(batch, 0, found, size, batch.length);
            } while (batch.length > 0);
        } finally {
            run("C_FindObjectsFinal", p -> p.C_FindObjectsFinal(handle));
        }
        return found;
    }

    /** The value of one attribute. */
    CK_ATTRIBUTE attribute(long object, long type) {
        CK_ATTRIBUTE[] wanted = {new CK_ATTRIBUTE(type)};
        run("C_GetAttributeValue", p -> p.C_GetAttributeValue(handle, object, wanted));
        return wanted[0];
    }

    /** The label, each of its bytes as a char; none if the object has no label, or an empty one. */
    char[] label(long object) {
        CK_ATTRIBUTE label = attribute(object, PKCS11Constants.CKA_LABEL);
        return label.pValue == null ? new char[0] : label.getCharArray();
    }

    long generateKey(CK_MECHANISM mechanism, CK_ATTRIBUTE[] template) {
        return call("C_GenerateKey", p -> p.C_GenerateKey(handle, mechanism, template));
    }

    /** Makes a pair; handles of the public and of the private half. */
    long[] generateKeyPair(CK_MECHANISM mechanism, CK_ATTRIBUTE[] publicHalf, CK_ATTRIBUTE[] privateHalf) {
        return call("C_GenerateKeyPair", p -> p.C_GenerateKeyPair(handle, mechanism, publicHalf, privateHalf));
    }

    long createObject(CK_ATTRIBUTE[] template) {
        return call("C_CreateObject", p -> p.C_CreateObject(handle, template));
    }

    long deriveKey(CK_MECHANISM mechanism, long base, CK_ATTRIBUTE[] template) {
        return call("C_DeriveKey", p -> p.C_DeriveKey(handle, mechanism, base, template));
    }

    byte[] wrapKey(CK_MECHANISM mechanism, long wrappingKey, long key) {
        return call("C_WrapKey", p -> p.C_WrapKey(handle, mechanism, wrappingKey, key));
    }

    long unwrapKey(CK_MECHANISM mechanism, long unwrappingKey, byte[] wrapped, CK_ATTRIBUTE[] template) {
        return call("C_UnwrapKey", p -> p.C_UnwrapKey(handle, mechanism, unwrappingKey, wrapped, template));
    }

    byte[] sign(CK_MECHANISM mechanism, long key, byte[] digest) {
        run("C_SignInit", p -> p.C_SignInit(handle, mechanism, key));
        return call("C_Sign", p -> p.C_Sign(handle, digest));
    }

    void destroy(long object) {
        run("C_DestroyObject", p -> p.C_DestroyObject(handle, object));
    }
}
