/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;

import org.sovereignkeys.hsm.RecipientKey;

import static sun.security.pkcs11.wrapper.PKCS11Constants.*;

/**
 * The attributes of every object that the service makes, as the original set them: the tokens that it left behind hold
 * them, and the vendors' mechanisms were tried with them. A flag that is not named as true is set to false.
 */
final class Templates {
    /** DER of the object identifier of P-384 (RFC 5480, 2.1.1.1). */
    private static final byte[] SECP384R1 = {0x06, 0x05, 0x2b, (byte) 0x81, 0x04, 0x00, 0x22};

    private static final List<Long> USES = List.of(CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_WRAP,
            CKA_UNWRAP, CKA_DERIVE);
    private static final List<Long> PUBLIC_USES = List.of(CKA_ENCRYPT, CKA_VERIFY, CKA_WRAP);
    private static final List<Long> PRIVATE_USES = List.of(CKA_DECRYPT, CKA_SIGN, CKA_UNWRAP, CKA_DERIVE);
    private static final List<Long> SECRECY = List.of(CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE);

    private Templates() {}

    /** Finds an object by class and label. */
    static CK_ATTRIBUTE[] search(long objectClass, byte[] label) {
        return new CK_ATTRIBUTE[]{new CK_ATTRIBUTE(CKA_CLASS, objectClass), new CK_ATTRIBUTE(CKA_TOKEN, true),
            new CK_ATTRIBUTE(CKA_LABEL, label)};
    }

    static CK_ATTRIBUTE[] domainKey(byte[] label) {
        return new Template(CKO_SECRET_KEY, CKK_AES).token(label)
            .flags(SECRECY, Set.of(CKA_PRIVATE, CKA_SENSITIVE))
            .flags(List.of(CKA_MODIFIABLE), Set.of())
            .flags(USES, Set.of(CKA_DERIVE))
            .length()
            .done();
    }

    static CK_ATTRIBUTE[] signingKey(byte[] label) {
        return new Template(CKO_PRIVATE_KEY, CKK_EC).token(label)
            .flags(SECRECY, Set.of(CKA_PRIVATE, CKA_SENSITIVE))
            .flags(List.of(CKA_MODIFIABLE), Set.of())
            .flags(PRIVATE_USES, Set.of(CKA_SIGN))
            .done();
    }

    static CK_ATTRIBUTE[] publicSigningKey(byte[] label) {
        return new Template(CKO_PUBLIC_KEY, CKK_EC).token(label)
            .flags(List.of(CKA_PRIVATE, CKA_MODIFIABLE), Set.of(CKA_PRIVATE))
            .flags(PUBLIC_USES, Set.of(CKA_VERIFY))
            .value(CKA_EC_PARAMS, SECP384R1)
            .done();
    }

    /** A key that wraps or unwraps once. Proteccio wants sign and verify for AES-GCM. */
    static CK_ATTRIBUTE[] kek(boolean extractable) {
        return new Template(CKO_SECRET_KEY, CKK_AES).session()
            .flags(SECRECY,
                    extractable
                            ? Set.of(CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE)
                            : Set.of(CKA_PRIVATE, CKA_SENSITIVE))
            .flags(List.of(CKA_MODIFIABLE), Set.of(CKA_MODIFIABLE))
            .flags(USES, Set.of(CKA_WRAP, CKA_UNWRAP, CKA_SIGN, CKA_VERIFY))
            .length()
            .done();
    }

    /** A new customer master key, to be wrapped once. */
    static CK_ATTRIBUTE[] newCustomerKey() {
        return new Template(CKO_SECRET_KEY, CKK_AES).session()
            .flags(SECRECY, Set.of(CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE))
            .flags(USES, Set.of())
            .length()
            .done();
    }

    static CK_ATTRIBUTE[] unwrappedCustomerKey() {
        return unwrapped().done();
    }

    /** The same, to be told from all others by its label. */
    static CK_ATTRIBUTE[] unwrappedCustomerKey(byte[] label) {
        return unwrapped().value(CKA_LABEL, label).done();
    }

    private static Template unwrapped() {
        return new Template(CKO_SECRET_KEY, CKK_AES).session()
            .flags(SECRECY, Set.of(CKA_PRIVATE, CKA_SENSITIVE))
            .flags(USES, Set.of(CKA_DERIVE));
    }

    static CK_ATTRIBUTE[] newSecret() {
        return secret().length().done();
    }

    static CK_ATTRIBUTE[] unwrappedSecret() {
        return secret().done();
    }

    private static Template secret() {
        return new Template(CKO_SECRET_KEY, CKK_GENERIC_SECRET).session()
            .flags(SECRECY, Set.of(CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE))
            .flags(USES, Set.of(CKA_DERIVE));
    }

    static CK_ATTRIBUTE[] recipientKey(RecipientKey key) {
        return new Template(CKO_PUBLIC_KEY, CKK_RSA).session()
            .flags(List.of(CKA_PRIVATE), Set.of(CKA_PRIVATE))
            .flags(PUBLIC_USES, Set.of(CKA_WRAP))
            .attribute(new CK_ATTRIBUTE(CKA_MODULUS, key.modulus()))
            .attribute(new CK_ATTRIBUTE(CKA_PUBLIC_EXPONENT, key.publicExponent()))
            .done();
    }

    /** A template in the making. */
    private static final class Template {
        private final List<CK_ATTRIBUTE> attributes = new ArrayList<>();

        Template(long objectClass, long keyType) {
            attribute(new CK_ATTRIBUTE(CKA_CLASS, objectClass));
            attribute(new CK_ATTRIBUTE(CKA_KEY_TYPE, keyType));
        }

        Template token(byte[] label) {
            return attribute(new CK_ATTRIBUTE(CKA_TOKEN, true)).value(CKA_LABEL, label);
        }

        Template session() {
            return attribute(new CK_ATTRIBUTE(CKA_TOKEN, false));
        }

        Template flags(List<Long> all, Set<Long> on) {
            for (long flag : all) {
                attribute(new CK_ATTRIBUTE(flag, on.contains(flag)));
            }
            return this;
        }

        Template length() {
            return attribute(new CK_ATTRIBUTE(CKA_VALUE_LEN, Mechanisms.keySizeBytes()));
        }

        Template value(long type, byte[] value) {
            return attribute(new CK_ATTRIBUTE(type, value));
        }

        Template attribute(CK_ATTRIBUTE attribute) {
            attributes.add(attribute);
            return this;
        }

        CK_ATTRIBUTE[] done() {
            return attributes.toArray(CK_ATTRIBUTE[]::new);
        }
    }
}
