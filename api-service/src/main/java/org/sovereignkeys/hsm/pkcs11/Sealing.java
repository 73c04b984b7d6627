/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.lang.foreign.Arena;
import java.util.Arrays;

import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;

import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.HsmFaultException;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.pkcs11.Dialect.IvMaker;

/** Wraps a key under another as a blob, and opens it again. The KEK between them lives for that one call. */
final class Sealing {
    private final Dialect dialect;

    Sealing(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Seals a key under a parent key, with a new nonce and IV. */
    WrappedBlob seal(Workspace workspace, long parent, long key, Aad aad) {
        byte[] nonce = workspace.session().random(WrappedBlob.NONCE_SIZE_BYTES);
        byte[] iv = switch (dialect.ivMaker()) {
            case SERVICE -> workspace.session().random(WrappedBlob.IV_SIZE_BYTES);
            case HSM -> new byte[0];
        };
        long kek = deriveKek(workspace, parent, nonce);
        byte[] wrapped;
        try (Arena arena = Arena.ofConfined()) {
            wrapped = workspace.session().wrapKey(dialect.wrapping(arena, iv, aad.bytes()), kek, key);
        }
        workspace.destroy(kek);
        return blob(iv, nonce, wrapped);
    }

    private WrappedBlob blob(byte[] iv, byte[] nonce, byte[] wrapped) {
        int ivBefore = dialect.ivMaker() == IvMaker.HSM ? WrappedBlob.IV_SIZE_BYTES : 0;
        if (wrapped.length != ivBefore + WrappedBlob.CIPHERTEXT_SIZE_BYTES) {
            throw new HsmFaultException("The HSM wrapped a 32-byte key to " + wrapped.length + " bytes", null);
        }
        return switch (dialect.ivMaker()) {
            case SERVICE -> WrappedBlob.of(iv, nonce, wrapped);
            case HSM -> WrappedBlob.of(Arrays.copyOf(wrapped, ivBefore), nonce,
                    Arrays.copyOfRange(wrapped, ivBefore, wrapped.length));
        };
    }

    /**
     * Opens a blob as a session object with these attributes.
     *
     * @throws CryptokiException that {@link CryptokiException#rejectsWrapped rejects}, if the blob is not what was sealed under this parent key
     *         with this data
     */
    long open(Workspace workspace, long parent, WrappedBlob blob, Aad aad, CK_ATTRIBUTE[] template) {
        long kek = deriveKek(workspace, parent, blob.nonce());
        byte[] iv = blob.iv();
        byte[] wrapped = switch (dialect.ivMaker()) {
            case SERVICE -> blob.ciphertextAndTag();
            case HSM -> concatenate(iv, blob.ciphertextAndTag());
        };
        long key;
        try (Arena arena = Arena.ofConfined()) {
            key = workspace.unwrapKey(dialect.wrapping(arena, iv, aad.bytes()), kek, wrapped, template);
        }
        workspace.destroy(kek);
        return key;
    }

    private long deriveKek(Workspace workspace, long parent, byte[] nonce) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.deriveKey(dialect.derivation(arena, nonce), parent,
                    Templates.kek(dialect.keksExtractable()));
        }
    }

    private static byte[] concatenate(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
