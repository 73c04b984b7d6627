/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import sun.security.pkcs11.wrapper.CK_MECHANISM;

import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.CustomerKeyRejectedException;
import org.sovereignkeys.hsm.GeneratedSecret;
import org.sovereignkeys.hsm.HsmFaultException;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;
import org.sovereignkeys.hsm.Signature;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.WrappedSecret;
import org.sovereignkeys.hsm.pkcs11.CustomerKeyCache.Lease;
import org.sovereignkeys.hsm.pkcs11.ReturnCode.Meaning;

import static sun.security.pkcs11.wrapper.PKCS11Constants.*;

/** The use cases, step by step, with the handles of one generation. */
final class SecretOperations {
    private static final Aad REHEARSAL = Aad.of(Map.of("vpc_id", "rehearsal"));

    private final Sealing sealing;
    private final ServiceKeys keys;
    private final CustomerKeyCache cache;

    SecretOperations(Sealing sealing, ServiceKeys keys, CustomerKeyCache cache) {
        this.sealing = sealing;
        this.keys = keys;
        this.cache = cache;
    }

    WrappedBlob newCustomerKey(Workspace workspace, Aad context) {
        long key = workspace.generateKey(new CK_MECHANISM(CKM_AES_KEY_GEN), Templates.newCustomerKey());
        return sealing.seal(workspace, keys.domainKey(), key, context);
    }

    /** Unwraps the customer's key; never from the cache, so that no wrong key could ever seal. */
    long openCustomerKey(Workspace workspace, CustomerKey key) {
        try {
            return sealing.open(workspace, keys.domainKey(), key.token(), key.context(),
                    Templates.unwrappedCustomerKey());
        } catch (CryptokiException e) {
            if (e.rejectsWrapped()) {
                throw new CustomerKeyRejectedException(
                        "The customer's token does not open under this HSM's domain key: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    GeneratedSecret generate(Workspace workspace, CustomerKey customer, Aad context, RecipientKey recipient) {
        long customerKey = openCustomerKey(workspace, customer);
        long secret = workspace.generateKey(new CK_MECHANISM(CKM_GENERIC_SECRET_KEY_GEN), Templates.newSecret());
        WrappedBlob sealed = sealing.seal(workspace, customerKey, secret, context);
        WrappedSecret wrapped = wrap(workspace, secret, recipient);
        return new GeneratedSecret(new SignedBlob(sealed, sign(workspace, sealed.bytes())),
                new SignedSecret(wrapped, sign(workspace, wrapped.bytes())));
    }

    SignedSecret decrypt(Workspace workspace, CustomerKey customer, Aad context, WrappedBlob blob,
            RecipientKey recipient) {
        WrappedSecret wrapped = wrap(workspace, openByAnyKey(workspace, customer, context, blob), recipient);
        return new SignedSecret(wrapped, sign(workspace, wrapped.bytes()));
    }

    SignedBlob convert(Workspace workspace, CustomerKey customer, Aad source, Aad target, WrappedBlob blob) {
        long customerKey = openCustomerKey(workspace, customer);
        long secret = openSecret(workspace, customerKey, source, blob);
        WrappedBlob sealed = sealing.seal(workspace, customerKey, secret, target);
        return new SignedBlob(sealed, sign(workspace, sealed.bytes()));
    }

    /** Makes a customer's key, seals it, opens it and signs: what the use cases need, with nothing left of it. */
    void rehearse(Workspace workspace) {
        WrappedBlob token = newCustomerKey(workspace, REHEARSAL);
        sealing.open(workspace, keys.domainKey(), token, REHEARSAL, Templates.unwrappedCustomerKey());
        sign(workspace, token.bytes());
    }

    Signature sign(Workspace workspace, byte[] content) {
        byte[] raw = workspace.session().sign(new CK_MECHANISM(CKM_ECDSA), keys.signingKey(), sha256(content));
        try {
            return Signature.ofRaw(raw);
        } catch (IllegalArgumentException e) {
            throw new HsmFaultException("The HSM's signature is not one on P-384", e);
        }
    }

    /** Opens a secret under the cached customer's key, or under one unwrapped for it. */
    private long openByAnyKey(Workspace workspace, CustomerKey customer, Aad context, WrappedBlob blob) {
        Lease lease = cache.lease(customer);
        if (lease != null) {
            try (lease) {
                Long secret = openBy(lease, workspace, context, blob);
                if (secret != null) {
                    return secret;
                }
            }
        }
        long customerKey = openCustomerKey(workspace, customer);
        cache.load(customer);
        return openSecret(workspace, customerKey, context, blob);
    }

    /** Opens a secret; null if the cached key is not there any more. */
    private @Nullable Long openBy(Lease lease, Workspace workspace, Aad context, WrappedBlob blob) {
        long secret;
        try {
            secret = openSecret(workspace, lease.handle(), context, blob);
        } catch (BlobRejectedException | CryptokiException e) {
            if (lease.isStillThatKey(workspace.session())) {
                throw e; // it was the customer's key, so this is the true answer
            }
            return null;
        }
        if (lease.isStillThatKey(workspace.session())) {
            return secret;
        }
        workspace.destroy(secret);
        return null;
    }

    private long openSecret(Workspace workspace, long customerKey, Aad context, WrappedBlob blob) {
        try {
            return sealing.open(workspace, customerKey, blob, context, Templates.unwrappedSecret());
        } catch (CryptokiException e) {
            if (e.rejectsWrapped()) {
                throw new BlobRejectedException("The secret does not open: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private static WrappedSecret wrap(Workspace workspace, long secret, RecipientKey recipient) {
        try {
            long recipientKey = workspace.createObject(Templates.recipientKey(recipient));
            return new WrappedSecret(workspace.session().wrapKey(Mechanisms.oaepSha256(), recipientKey, secret));
        } catch (CryptokiException e) {
            if (e.meaning() == Meaning.KEY_REFUSED || e.meaning() == Meaning.DATA_REJECTED) {
                throw new RecipientKeyRejectedException("The HSM refuses the RSA key: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
