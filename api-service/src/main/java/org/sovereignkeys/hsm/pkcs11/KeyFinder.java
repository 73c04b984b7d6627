/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;

import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.security.pkcs11.wrapper.CK_MECHANISM;

import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.PublicSigningKey;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

import static sun.security.pkcs11.wrapper.PKCS11Constants.*;

/** Finds the service's keys by their labels, and makes them where that is permitted. */
final class KeyFinder {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFinder.class);

    private static final String DOMAIN_KEY = "domain_key";
    private static final String SIGNING_KEY = "sig_key";
    private static final String PUBLIC_SIGNING_KEY = "sig_key_pub";

    /** DER of an OCTET STRING that holds an uncompressed point of P-384: 99 bytes. */
    private static final int WRAPPED_POINT_SIZE_BYTES = 99;
    private static final int POINT_SIZE_BYTES = 97;

    private final Session session;
    private final FirstKeyPermit permit;

    KeyFinder(Session session, FirstKeyPermit permit) {
        this.session = session;
        this.permit = permit;
    }

    /**
     * Finds each key exactly once.
     *
     * @throws HsmKeysException if one is absent and may not be made, is there twice, or is not of the right kind
     */
    ServiceKeys find() {
        OptionalLong domainKey = find(DOMAIN_KEY, CKO_SECRET_KEY);
        OptionalLong signingKey = find(SIGNING_KEY, CKO_PRIVATE_KEY);
        OptionalLong publicKey = find(PUBLIC_SIGNING_KEY, CKO_PUBLIC_KEY);
        if (signingKey.isPresent() != publicKey.isPresent()) {
            throw new HsmKeysException("Of the pair " + SIGNING_KEY + " and " + PUBLIC_SIGNING_KEY
                    + " the HSM holds only one half: bring the other back from a backup of the HSM", null);
        }
        if (domainKey.isEmpty() || signingKey.isEmpty()) {
            requirePermit(domainKey.isEmpty() ? DOMAIN_KEY : SIGNING_KEY);
            // Who had the permit before may have made them since.
            domainKey = find(DOMAIN_KEY, CKO_SECRET_KEY);
            signingKey = find(SIGNING_KEY, CKO_PRIVATE_KEY);
            publicKey = find(PUBLIC_SIGNING_KEY, CKO_PUBLIC_KEY);
        }
        if (domainKey.isEmpty()) {
            domainKey = OptionalLong.of(makeDomainKey());
        }
        if (signingKey.isEmpty() || publicKey.isEmpty()) {
            long[] pair = makeSigningKey();
            publicKey = OptionalLong.of(pair[0]);
            signingKey = OptionalLong.of(pair[1]);
        }
        requireSafe(DOMAIN_KEY, domainKey.getAsLong());
        requireSafe(SIGNING_KEY, signingKey.getAsLong());
        return new ServiceKeys(domainKey.getAsLong(), signingKey.getAsLong(), read(publicKey.getAsLong()));
    }

    private OptionalLong find(String label, long objectClass) {
        long[] found = session.find(Templates.search(objectClass, ascii(label)));
        if (found.length > 1) {
            throw new HsmKeysException("The HSM holds " + found.length + " keys with the label " + label
                    + " and only one can be right: find out which one sealed the customers' tokens, and relabel or"
                    + " remove the others with the vendor's tools", null);
        }
        return found.length == 0 ? OptionalLong.empty() : OptionalLong.of(found[0]);
    }

    private void requirePermit(String missing) {
        if (!permit.granted()) {
            throw new HsmKeysException("The HSM holds no " + missing + ", and it may not be made, because keys were"
                    + " already sealed or another node may be making it: is this the right slot, partition or token?",
                    null);
        }
    }

    private long makeDomainKey() {
        LOG.info("The HSM holds no {}; it is made now", DOMAIN_KEY);
        return session.generateKey(new CK_MECHANISM(CKM_AES_KEY_GEN), Templates.domainKey(ascii(DOMAIN_KEY)));
    }

    private long[] makeSigningKey() {
        LOG.info("The HSM holds no {}; it is made now", SIGNING_KEY);
        return session.generateKeyPair(new CK_MECHANISM(CKM_EC_KEY_PAIR_GEN),
                Templates.publicSigningKey(ascii(PUBLIC_SIGNING_KEY)), Templates.signingKey(ascii(SIGNING_KEY)));
    }

    private void requireSafe(String label, long key) {
        require(label, key, CKA_SENSITIVE, "CKA_SENSITIVE", true);
        require(label, key, CKA_EXTRACTABLE, "CKA_EXTRACTABLE", false);
    }

    private void require(String label, long key, long attribute, String name, boolean value) {
        boolean found;
        try {
            found = session.attribute(key, attribute).getBoolean();
        } catch (CryptokiException e) {
            if (e.meaning() != Meaning.FAULT) {
                throw e;
            }
            LOG.warn("The HSM does not tell {} of {}, so it goes unchecked: {}", name, label, e.getMessage());
            return;
        }
        if (found != value) {
            throw new HsmKeysException("The key " + label + " in the HSM has " + name + " " + found + ": it could be"
                    + " read out of the HSM, so the service does not use it", null);
        }
    }

    /** CKA_EC_PARAMS is not asked: vendors write it in several ways, and a point of another curve does not decode. */
    private PublicSigningKey read(long publicKey) {
        return publicKey(session.attribute(publicKey, CKA_EC_POINT).getByteArray());
    }

    /**
     * Reads CKA_EC_POINT.
     *
     * @param value the uncompressed point, bare (97 bytes) or in an OCTET STRING (99 bytes): tokens do both
     */
    static PublicSigningKey publicKey(byte[] value) {
        byte[] bare = value.length == WRAPPED_POINT_SIZE_BYTES && value[0] == 0x04 && value[1] == POINT_SIZE_BYTES
                ? Arrays.copyOfRange(value, 2, value.length)
                : value;
        try {
            ECPoint point = CustomNamedCurves.getByOID(SECObjectIdentifiers.secp384r1).getCurve().decodePoint(bare);
            return new PublicSigningKey(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp384r1),
                    point.getEncoded(false)));
        } catch (IllegalArgumentException e) {
            throw new HsmKeysException("The point of " + PUBLIC_SIGNING_KEY + " in the HSM is not one of P-384", e);
        }
    }

    private static byte[] ascii(String label) {
        return label.getBytes(StandardCharsets.US_ASCII);
    }
}
