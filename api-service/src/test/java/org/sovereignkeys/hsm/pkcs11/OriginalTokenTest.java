/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.Signature;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;

/** What the original system sealed opens here, on a copy of its token. No key is made on it. */
@TestInstance(Lifecycle.PER_CLASS)
class OriginalTokenTest {
    private static final String PIN = "12345678";
    private static final Aad FIRST_OWNER = volumeOf("i-0c4f345c91e5cd4a2");
    private static final Aad SECOND_OWNER = volumeOf("i-0aaaaaaaaaaaaaaa1");

    private final Recipient recipient = Recipient.ofVectors();
    private final CustomerKey customer = new CustomerKey(new WrappedBlob(Vectors.bytes("original/customer.ekt")),
            Aad.of(Map.of("vpc_id", "vpc-0b1e8a8e776a87423")));
    private final WrappedBlob generated = blob("original/generate-secret.answer.json");
    private final WrappedBlob converted = blob("original/convert-secret.answer.json");
    private final Simulator simulator;
    private final Pkcs11Vault vault;

    OriginalTokenTest(@TempDir Path folder) {
        simulator = Simulator.copyOf(Vectors.path("original/nssdb"), HsmType.PROTECCIO, folder, PIN).inThisProcess();
        vault = new Pkcs11Vault(Settings.of(simulator), () -> false, new SimpleMeterRegistry());
    }

    @BeforeAll
    void open() {
        vault.open(simulator.pin());
    }

    @AfterAll
    void close() {
        vault.close();
    }

    private static Aad volumeOf(String instance) {
        return Aad.of(Map.of("instance_id", instance, "volume_uuid", "39331fb1-f6b0-4a1f-b873-3490d3f1e491"));
    }

    private static WrappedBlob blob(String answer) {
        return new WrappedBlob(decoded(answer, "encrypted_secret"));
    }

    private static byte[] decoded(String answer, String member) {
        return Base64.getDecoder().decode(Vectors.member(Vectors.text(answer), member));
    }

    private String digest(Aad owner, WrappedBlob blob) throws GeneralSecurityException {
        SignedSecret secret = vault.decryptSecret(customer, owner, blob, recipient.key());
        return HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(recipient.open(secret.secret())));
    }

    private static String originalDigest() {
        return Vectors.text("original/secret.sha256").strip();
    }

    @Test
    void theCustomersTokenOpens() {
        vault.checkCustomerKey(customer);
    }

    @Test
    void theGeneratedSecretOpens() throws GeneralSecurityException {
        assertThat(digest(FIRST_OWNER, generated)).isEqualTo(originalDigest());
    }

    @Test
    void theConvertedSecretOpens() throws GeneralSecurityException {
        assertThat(digest(SECOND_OWNER, converted)).isEqualTo(originalDigest());
    }

    @Test
    void theSecretConvertsAndOpens() throws GeneralSecurityException {
        SignedBlob back = vault.convertSecret(customer, SECOND_OWNER, FIRST_OWNER, converted);

        assertThat(digest(FIRST_OWNER, back.blob())).isEqualTo(originalDigest());
    }

    @Test
    void thePublicKeyIsTheOneThatClientsHold() {
        assertThat(vault.publicSigningKey().base64())
            .isEqualTo(Base64.getEncoder().encodeToString(Vectors.pem("original/api_public_key.pem")));
    }

    @Test
    void theOriginalsSignaturesVerify() {
        Verifier verifier = Verifier.of(vault.publicSigningKey());
        Signature signature = new Signature(
                decoded("original/convert-secret.answer.json", "encrypted_secret_signature"));

        assertThat(verifier.accepts(converted.bytes(), signature)).isTrue();
    }

    @Test
    void newSignaturesVerifyWithTheKeyThatClientsHold() {
        byte[] content = {1, 2, 3};

        assertThat(Verifier.of(vault.publicSigningKey()).accepts(content, vault.sign(content))).isTrue();
    }
}
