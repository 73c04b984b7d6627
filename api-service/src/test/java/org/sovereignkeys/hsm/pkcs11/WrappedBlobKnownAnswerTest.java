/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.bouncycastle.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;

import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static sun.security.pkcs11.wrapper.PKCS11Constants.*;

/** The blob of docs/formats/vectors/wrapped-blob.json through the native binding, under a parent key that is known. */
class WrappedBlobKnownAnswerTest {
    private static final String VECTORS = Vectors.text("wrapped-blob.json");
    private static final byte[] PARENT_KEY = hex(VECTORS, "parent_key");
    private static final byte[] WRAPPED_KEY = hex(VECTORS, "wrapped_key");
    private static final Aad AAD = new Aad(Vectors.member(VECTORS, "aad_text"));

    @TempDir
    private Path folder;

    private static byte[] hex(String json, String name) {
        return HexFormat.of().parseHex(Vectors.member(json, name));
    }

    private static String dialect(HsmType vendor) {
        String name = vendor.name().toLowerCase(Locale.ROOT);
        return VECTORS.substring(VECTORS.indexOf("\"" + name + "\": {"));
    }

    private <T> T inSession(HsmType vendor, Function<Workspace, T> steps) {
        Simulator simulator = Simulator.fresh(vendor, folder).inThisProcess();
        Pkcs11Vault vault = new Pkcs11Vault(Settings.of(simulator), () -> true, new SimpleMeterRegistry());
        vault.open(simulator.pin());
        try {
            return vault.call((operations, workspace) -> steps.apply(workspace));
        } finally {
            vault.close();
        }
    }

    @ParameterizedTest
    @EnumSource(HsmType.class)
    void theKnownBlobOpensToTheKnownKey(HsmType vendor) {
        WrappedBlob blob = new WrappedBlob(hex(dialect(vendor), "blob"));
        Recipient recipient = Recipient.of3072Bits();

        byte[] wrapped = inSession(vendor, workspace -> {
            long key = new Sealing(Dialect.of(vendor)).open(workspace, importParent(workspace), blob, AAD,
                    Templates.unwrappedSecret());
            return workspace.session()
                .wrapKey(Mechanisms.oaepSha256(),
                        workspace.createObject(Templates.recipientKey(recipient.key())), key);
        });

        assertThat(recipient.open(wrapped)).isEqualTo(WRAPPED_KEY);
    }

    @ParameterizedTest
    @EnumSource(HsmType.class)
    void whatIsSealedHereOpensWithoutAnHsm(HsmType vendor) throws GeneralSecurityException {
        WrappedBlob known = new WrappedBlob(hex(dialect(vendor), "blob"));

        WrappedBlob sealed = inSession(vendor, workspace -> {
            Sealing sealing = new Sealing(Dialect.of(vendor));
            long parent = importParent(workspace);
            return sealing.seal(workspace, parent,
                    sealing.open(workspace, parent, known, AAD, Templates.unwrappedSecret()), AAD);
        });

        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(kek(vendor, sealed.nonce()), "AES"),
                new GCMParameterSpec(128, sealed.iv()));
        gcm.updateAAD(AAD.bytes());
        assertThat(gcm.doFinal(sealed.ciphertextAndTag())).isEqualTo(WRAPPED_KEY);
    }

    /** The derivation of docs/formats/wrapped-blob.md, written once more. */
    private static byte[] kek(HsmType vendor, byte[] nonce) throws GeneralSecurityException {
        if (vendor == HsmType.PROTECCIO) {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(PARENT_KEY, "AES"));
            return aes.doFinal(nonce);
        }
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(PARENT_KEY, "HmacSHA256"));
        return hmac.doFinal(Arrays.concatenate(new byte[]{0, 0, 0, 1, 0, 0, 1, 0}, new byte[]{'s', 'k'}, nonce));
    }

    private static long importParent(Workspace workspace) {
        return workspace.createObject(new CK_ATTRIBUTE[]{
            new CK_ATTRIBUTE(CKA_CLASS, CKO_SECRET_KEY), new CK_ATTRIBUTE(CKA_KEY_TYPE, CKK_AES),
            new CK_ATTRIBUTE(CKA_TOKEN, false), new CK_ATTRIBUTE(CKA_PRIVATE, true),
            new CK_ATTRIBUTE(CKA_SENSITIVE, true), new CK_ATTRIBUTE(CKA_EXTRACTABLE, false),
            new CK_ATTRIBUTE(CKA_ENCRYPT, false), new CK_ATTRIBUTE(CKA_DECRYPT, false),
            new CK_ATTRIBUTE(CKA_SIGN, false), new CK_ATTRIBUTE(CKA_VERIFY, false),
            new CK_ATTRIBUTE(CKA_WRAP, false), new CK_ATTRIBUTE(CKA_UNWRAP, false),
            new CK_ATTRIBUTE(CKA_DERIVE, true), new CK_ATTRIBUTE(CKA_VALUE, PARENT_KEY)});
    }
}
