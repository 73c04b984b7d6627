/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** A vault without cryptography, for tests of what stands around it: says what was called, or fails as it is told. */
public final class StubKeyVault implements KeyVault {
    /** An RSA key of 3072 bits. */
    public static final String RSA_KEY = "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAq5MDrYv6YHSrEfAPPJr8zDCpPoACGECFjN9sAUH6nlVyCZFMK5l3acsX162WizFzrzksDk/a8I6zGz1MFeq8AZRAU8aLZErC5wTDYgGQ2gPUuMFC8ESfJnZ5Nkx0oLD07yawRybxMoTXOAeFjRHjaDltBfIJYoegysbvnV0MWq0wfeYj62ThDcA5UIBkXaUthQfcIAErnVZCx7mQM+hWBuQXcDNGeGVwSmG+QQp9AZahsW/hANdAkDt/BL53u7b684zTEH9VbZ0RxXU2Vl91VcOGtvKsliVin0ryXptn9R8LPr9uy6tQlkWOxa8hMMKfI7isc8TrdwoXP0MKaCRWJxgRsXSvL91B7bHTISFHciusJ+IpV0N7dIcibiuug2y+pfC3kPNyo/icqjUOi+WyMg00o15DbseKI4473iPx7DEcnu0K80ya/A8P5pNj9O8epIPPXllIug7cWxaECp5X7w5SXGuJJsxufZon7QY1+PfihNykf4UZ4S0o048KUOkNAgMBAAE=";

    private final List<String> calls = new ArrayList<>();
    private final @Nullable HsmException failure;
    private @Nullable CustomerKey lastCustomerKey;

    public StubKeyVault() {
        this(null);
    }

    private StubKeyVault(@Nullable HsmException failure) {
        this.failure = failure;
    }

    /** One that fails at each call. */
    public static StubKeyVault failing(HsmException failure) {
        return new StubKeyVault(failure);
    }

    /** Names of the calls so far, in their order. */
    public List<String> calls() {
        return calls;
    }

    /** The customer key that was used last. */
    public CustomerKey lastCustomerKey() {
        if (lastCustomerKey == null) {
            throw new AssertionError("no customer key was used");
        }
        return lastCustomerKey;
    }

    @Override
    public WrappedBlob newCustomerKey(Aad context) {
        called("newCustomerKey", null);
        byte[] token = new byte[WrappedBlob.SIZE_BYTES];
        token[0] = (byte) calls.size();
        return new WrappedBlob(token);
    }

    @Override
    public void checkCustomerKey(CustomerKey key) {
        called("checkCustomerKey", key);
    }

    @Override
    public GeneratedSecret generateSecret(CustomerKey key, Aad context, RecipientKey recipient) {
        called("generateSecret", key);
        return new GeneratedSecret(blob(), secret());
    }

    @Override
    public SignedSecret decryptSecret(CustomerKey key, Aad context, WrappedBlob encryptedSecret,
            RecipientKey recipient) {
        called("decryptSecret", key);
        return secret();
    }

    @Override
    public SignedBlob convertSecret(CustomerKey key, Aad source, Aad target, WrappedBlob encryptedSecret) {
        called("convertSecret", key);
        return blob();
    }

    @Override
    public Signature sign(byte[] content) {
        called("sign", null);
        return new Signature(new byte[]{1});
    }

    @Override
    public PublicSigningKey publicSigningKey() {
        called("publicSigningKey", null);
        return new PublicSigningKey(SubjectPublicKeyInfo.getInstance(Base64.getDecoder().decode(RSA_KEY)));
    }

    private void called(String name, @Nullable CustomerKey key) {
        calls.add(name);
        if (key != null) {
            lastCustomerKey = key;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static SignedBlob blob() {
        return new SignedBlob(new WrappedBlob(new byte[WrappedBlob.SIZE_BYTES]), new Signature(new byte[]{2}));
    }

    private static SignedSecret secret() {
        return new SignedSecret(new WrappedSecret(new byte[]{3}), new Signature(new byte[]{4}));
    }
}
