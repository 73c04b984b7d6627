/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;
import sun.security.pkcs11.wrapper.PKCS11Constants;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.hsm.Aad;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.CustomerKeyRejectedException;
import org.sovereignkeys.hsm.GeneratedSecret;
import org.sovereignkeys.hsm.HsmConnection.Status;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.Signature;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every HSM must do for the service. The secrets are seen here only because the test plays the instance. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class KeyVaultContract {
    private static final Recipient INSTANCE = Recipient.of3072Bits();
    private static final int SECRET_SIZE_BYTES = 32;

    private final Aad volume = volume("i-0c4f345c91e5cd4a2");
    private final Pkcs11Vault vault;
    private final Pin pin;
    private CustomerKey customer;
    private CustomerKey otherCustomer;

    KeyVaultContract(HsmSettings settings, Pin pin) {
        this.vault = new Pkcs11Vault(settings, () -> true, new SimpleMeterRegistry());
        this.pin = pin;
    }

    KeyVaultContract(Simulator simulator) {
        this(Settings.of(simulator), simulator.pin());
    }

    @BeforeAll
    void openVault() {
        vault.open(pin);
        customer = newCustomer("vpc-0b1e8a8e776a87423");
        otherCustomer = newCustomer("vpc-11111111111111111");
    }

    @AfterAll
    void closeVault() {
        vault.close();
        assertThat(vault.status()).isEqualTo(Status.CLOSED);
    }

    private CustomerKey newCustomer(String vpc) {
        Aad context = Aad.of(Map.of("vpc_id", vpc));
        return new CustomerKey(vault.newCustomerKey(context), context);
    }

    private static Aad volume(String instance) {
        return Aad.of(Map.of("instance_id", instance, "volume_uuid", "b59fad1d-46f7-447c-96c8-c2f9408a00ad"));
    }

    private byte[] opened(WrappedBlob blob) {
        return INSTANCE.open(vault.decryptSecret(customer, volume, blob, INSTANCE.key()).secret());
    }

    @Test
    void isReadyOnceOpened() {
        assertThat(vault.status()).isEqualTo(Status.READY);
    }

    @Test
    void aNewSecretOpensForItsInstance() {
        GeneratedSecret generated = vault.generateSecret(customer, volume, INSTANCE.key());

        assertThat(INSTANCE.open(generated.wrapped().secret())).hasSize(SECRET_SIZE_BYTES);
    }

    @Test
    void aStoredSecretIsTheOneThatWasHandedOut() {
        GeneratedSecret generated = vault.generateSecret(customer, volume, INSTANCE.key());

        assertThat(opened(generated.encrypted().blob())).isEqualTo(INSTANCE.open(generated.wrapped().secret()));
    }

    @Test
    void aStoredSecretOpensAgainAndAgain() {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();
        byte[] secret = opened(blob);

        for (int i = 0; i < 20; i++) {
            assertThat(opened(blob)).isEqualTo(secret);
        }
    }

    @Test
    void noTwoSecretsAreTheSame() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            GeneratedSecret generated = vault.generateSecret(customer, volume, INSTANCE.key());
            assertThat(seen.add(new String(INSTANCE.open(generated.wrapped().secret()),
                    StandardCharsets.ISO_8859_1)))
                .isTrue();
            assertThat(seen.add(generated.encrypted().blob().base64())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {0x00, 0x0a})
    void secretsMayHoldAnyByte(byte awkward) {
        GeneratedSecret generated;
        byte[] secret;
        do {
            generated = vault.generateSecret(customer, volume, INSTANCE.key());
            secret = INSTANCE.open(generated.wrapped().secret());
        } while (!holds(secret, awkward));

        assertThat(opened(generated.encrypted().blob())).isEqualTo(secret);
    }

    private static boolean holds(byte[] bytes, byte wanted) {
        for (byte b : bytes) {
            if (b == wanted) {
                return true;
            }
        }
        return false;
    }

    @Test
    void secretsGoOutUnderKeysOf4096Bits() {
        Recipient recipient = Recipient.ofVectors();
        GeneratedSecret generated = vault.generateSecret(customer, volume, recipient.key());

        assertThat(generated.wrapped().secret().sizeBytes()).isEqualTo(512);
        assertThat(recipient.open(generated.wrapped().secret())).isEqualTo(opened(generated.encrypted().blob()));
    }

    @Test
    void aConvertedSecretIsTheSameForTheTarget() {
        Aad target = volume("i-0aaaaaaaaaaaaaaa1");
        GeneratedSecret generated = vault.generateSecret(customer, volume, INSTANCE.key());

        SignedBlob converted = vault.convertSecret(customer, volume, target, generated.encrypted().blob());

        SignedSecret secret = vault.decryptSecret(customer, target, converted.blob(), INSTANCE.key());
        assertThat(INSTANCE.open(secret.secret())).isEqualTo(INSTANCE.open(generated.wrapped().secret()));
    }

    @Test
    void aConvertedSecretDoesNotOpenForItsSourceAnyMore() {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();
        WrappedBlob converted = vault.convertSecret(customer, volume, volume("i-0aaaaaaaaaaaaaaa1"), blob).blob();

        assertThatThrownBy(() -> opened(converted)).isInstanceOf(BlobRejectedException.class);
    }

    @Test
    void convertingForAForeignSourceFails() {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();
        Aad foreign = volume("i-0bbbbbbbbbbbbbbb2");

        assertThatThrownBy(() -> vault.convertSecret(customer, foreign, volume, blob))
            .isInstanceOf(BlobRejectedException.class);
    }

    @Test
    void decryptingForAForeignInstanceFails() {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();
        Aad foreign = volume("i-0bbbbbbbbbbbbbbb2");

        assertThatThrownBy(() -> vault.decryptSecret(customer, foreign, blob, INSTANCE.key()))
            .isInstanceOf(BlobRejectedException.class);
    }

    @Test
    void aCustomerCannotOpenAnothersSecret() {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();

        for (int i = 0; i < 3; i++) { // from the token first, then from the cache
            assertThatThrownBy(() -> vault.decryptSecret(otherCustomer, volume, blob, INSTANCE.key()))
                .isInstanceOf(BlobRejectedException.class);
            assertThat(opened(blob)).hasSize(SECRET_SIZE_BYTES);
        }
    }

    @Test
    void aCustomerCannotConvertAnothersSecret() {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();

        assertThatThrownBy(() -> vault.convertSecret(otherCustomer, volume, volume, blob))
            .isInstanceOf(BlobRejectedException.class);
    }

    @Test
    void aSecretWithAnyByteFlippedIsRefused() {
        byte[] blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob().bytes();

        for (int i = 0; i < blob.length; i++) {
            WrappedBlob flipped = flipped(blob, i);
            assertThatThrownBy(() -> opened(flipped)).as("byte %d", i).isInstanceOf(BlobRejectedException.class);
        }
    }

    @Test
    void aTokenWithAnyByteFlippedIsRefused() {
        byte[] token = customer.token().bytes();

        for (int i = 0; i < token.length; i++) {
            CustomerKey flipped = new CustomerKey(flipped(token, i), customer.context());
            assertThatThrownBy(() -> vault.checkCustomerKey(flipped)).as("byte %d", i)
                .isInstanceOf(CustomerKeyRejectedException.class);
        }
    }

    private static WrappedBlob flipped(byte[] blob, int index) {
        byte[] copy = blob.clone();
        copy[index] ^= (byte) (1 << index % Byte.SIZE);
        return new WrappedBlob(copy);
    }

    @Test
    void aCustomersTokenProvesItself() {
        vault.checkCustomerKey(customer);
        vault.checkCustomerKey(otherCustomer);
    }

    @Test
    void aTokenServesNoOtherCustomer() {
        CustomerKey stolen = new CustomerKey(customer.token(), otherCustomer.context());
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();

        assertThatThrownBy(() -> vault.checkCustomerKey(stolen)).isInstanceOf(CustomerKeyRejectedException.class);
        assertThatThrownBy(() -> vault.generateSecret(stolen, volume, INSTANCE.key()))
            .isInstanceOf(CustomerKeyRejectedException.class);
        assertThatThrownBy(() -> vault.decryptSecret(stolen, volume, blob, INSTANCE.key()))
            .isInstanceOf(CustomerKeyRejectedException.class);
        assertThatThrownBy(() -> vault.convertSecret(stolen, volume, volume, blob))
            .isInstanceOf(CustomerKeyRejectedException.class);
    }

    @Test
    void everyAnswerIsSigned() {
        GeneratedSecret generated = vault.generateSecret(customer, volume, INSTANCE.key());
        WrappedBlob blob = generated.encrypted().blob();
        SignedSecret decrypted = vault.decryptSecret(customer, volume, blob, INSTANCE.key());
        SignedBlob converted = vault.convertSecret(customer, volume, volume, blob);

        Verifier verifier = Verifier.of(vault.publicSigningKey());
        assertThat(verifier.accepts(blob.bytes(), generated.encrypted().signature())).isTrue();
        assertThat(verifier.accepts(generated.wrapped().secret().bytes(), generated.wrapped().signature())).isTrue();
        assertThat(verifier.accepts(decrypted.secret().bytes(), decrypted.signature())).isTrue();
        assertThat(verifier.accepts(converted.blob().bytes(), converted.signature())).isTrue();
    }

    @Test
    void signaturesAreMinimalDer() {
        Verifier verifier = Verifier.of(vault.publicSigningKey());
        for (int i = 0; i < 400; i++) { // one in about 130 has a short integer
            byte[] content = ("entry " + i).getBytes(StandardCharsets.UTF_8);
            Signature signature = vault.sign(content);
            assertThat(Verifier.isMinimalDer(signature)).as(signature.base64()).isTrue();
            assertThat(verifier.accepts(content, signature)).isTrue();
        }
    }

    @Test
    void aSignatureFitsNothingElse() {
        Signature signature = vault.sign(new byte[]{1});

        assertThat(Verifier.of(vault.publicSigningKey()).accepts(new byte[]{2}, signature)).isFalse();
    }

    @Test
    void nothingIsLeftInTheHsm() throws InterruptedException {
        WrappedBlob blob = vault.generateSecret(customer, volume, INSTANCE.key()).encrypted().blob();
        byte[] broken = blob.bytes();
        broken[91] ^= 1;
        opened(blob);
        Thread.sleep(200); // until the cache has the customer's key
        int before = temporaryObjects();

        for (int i = 0; i < 50; i++) {
            vault.generateSecret(customer, volume, INSTANCE.key());
            vault.convertSecret(customer, volume, volume, blob);
            vault.newCustomerKey(customer.context());
            vault.checkCustomerKey(customer);
            opened(blob);
            assertThatThrownBy(() -> opened(new WrappedBlob(broken))).isInstanceOf(BlobRejectedException.class);
        }

        assertThat(temporaryObjects()).isEqualTo(before);
    }

    private int temporaryObjects() {
        return vault.call((operations, workspace) -> workspace.session()
            .find(new CK_ATTRIBUTE(PKCS11Constants.CKA_TOKEN, false))).length;
    }
}
