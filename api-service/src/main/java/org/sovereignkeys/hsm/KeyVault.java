/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/**
 * The HSM, as the use cases see it. Every cryptographic step of a call happens inside; no clear secret ever comes out.
 * Safe for use by many threads; each call waits a bounded time for a session and for its answer.
 *
 * <p>All of them throw {@link HsmUnavailableException} when the HSM cannot serve now, and {@link HsmFaultException} when
 * it answers what it never should.
 */
public interface KeyVault {
    /**
     * Makes a customer master key (AES-256) and seals it under the domain key.
     *
     * @param context what the token is bound to
     * @return the token, 92 bytes
     */
    WrappedBlob newCustomerKey(Aad context);

    /**
     * Proves that a token opens under this HSM's domain key.
     *
     * @throws CustomerKeyRejectedException if it does not
     */
    void checkCustomerKey(CustomerKey key);

    /**
     * Makes a 32-byte secret, seals it under the customer's key, and wraps it for the instance.
     *
     * @param context what the sealed secret is bound to
     * @throws CustomerKeyRejectedException if the customer's key does not open
     * @throws RecipientKeyRejectedException if the HSM refuses the instance's key
     */
    GeneratedSecret generateSecret(CustomerKey key, Aad context, RecipientKey recipient);

    /**
     * Opens a sealed secret and wraps it for the instance.
     *
     * @throws BlobRejectedException if the sealed secret does not open with this key and context
     * @throws CustomerKeyRejectedException if the customer's key does not open
     * @throws RecipientKeyRejectedException if the HSM refuses the instance's key
     */
    SignedSecret decryptSecret(CustomerKey key, Aad context, WrappedBlob encryptedSecret, RecipientKey recipient);

    /**
     * Opens a sealed secret and seals it again, bound to another context.
     *
     * @throws BlobRejectedException if the sealed secret does not open with this key and source context
     * @throws CustomerKeyRejectedException if the customer's key does not open
     */
    SignedBlob convertSecret(CustomerKey key, Aad source, Aad target, WrappedBlob encryptedSecret);

    /** Signs the SHA-256 of the content with {@code sig_key}. */
    Signature sign(byte[] content);

    /** The public half of {@code sig_key}. */
    PublicSigningKey publicSigningKey();
}
