/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.security.PublicKey;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What instances do, on the simulator with the manners of a vendor. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // the fields are set before the first test
abstract class SecretCallsContract {
    @TempDir
    static Path folder;

    private final String vendor;
    private ServiceProcess service;
    private Instance instance;
    private PublicKey signingKey;

    SecretCallsContract(String vendor) {
        this.vendor = vendor;
    }

    @BeforeAll
    void start() {
        service = ServiceProcess.ready(ServiceHome.make(folder, vendor));
        instance = Instance.of(service, ServiceHome.VPC);
        signingKey = instance.signingKey();
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void generatedSecretIsDecryptedAgain() {
        Answer generated = instance.generate("volume-1");
        Answer decrypted = instance.decrypt("volume-1", generated.text("encrypted_secret"));

        assertThat(generated.status()).isEqualTo(200);
        assertThat(decrypted.status()).isEqualTo(200);
        assertThat(Instance.open(decrypted.text("wrapped_secret")))
            .isEqualTo(Instance.open(generated.text("wrapped_secret")))
            .hasSize(44);
    }

    @Test
    void everythingThatLeavesIsSigned() {
        Answer generated = instance.generate("volume-1");
        Answer decrypted = instance.decrypt("volume-1", generated.text("encrypted_secret"));
        Answer converted = instance.convert("volume-1", generated.text("encrypted_secret"), instance.id());

        for (Answer answer : new Answer[]{generated, converted}) {
            assertThat(Instance.verifies(signingKey, answer.text("encrypted_secret"),
                    answer.text("encrypted_secret_signature")))
                .isTrue();
        }
        for (Answer answer : new Answer[]{generated, decrypted}) {
            assertThat(Instance.verifies(signingKey, answer.text("wrapped_secret"),
                    answer.text("wrapped_secret_signature")))
                .isTrue();
        }
    }

    @Test
    void convertedSecretOpensForItsNewInstanceAndNotForOthers() {
        Answer generated = instance.generate("volume-1");
        Instance heir = Instance.of(service, ServiceHome.VPC);
        Answer converted = heir.convert("volume-1", generated.text("encrypted_secret"), instance.id());

        assertThat(Instance.open(heir.decrypt("volume-1", converted.text("encrypted_secret")).text("wrapped_secret")))
            .isEqualTo(Instance.open(generated.text("wrapped_secret")));
        assertThat(instance.decrypt("volume-1", converted.text("encrypted_secret")).status()).isEqualTo(400);
        assertThat(heir.decrypt("volume-1", generated.text("encrypted_secret")).status()).isEqualTo(400);
    }

    @Test
    void secretOfAnotherCustomerDoesNotOpen() {
        Instance stranger = new Instance(service, ServiceHome.OTHER_VPC, instance.id(), "10.42.0.41");
        stranger.generate("volume-1");

        Answer stolen = stranger.decrypt("volume-1", instance.generate("volume-1").text("encrypted_secret"));

        assertThat(stolen.status()).isEqualTo(400);
        assertThat(stolen.text("detail")).isEqualTo("Wrapped secret and/or context are incorrect");
    }

    @Test
    void secretOfAnotherVolumeDoesNotOpen() {
        assertThat(instance.decrypt("volume-2", instance.generate("volume-1").text("encrypted_secret")).status())
            .isEqualTo(400);
    }

    @Test
    void clientWithASlashTooManyIsServed() {
        assertThat(instance.get("/v1//public-signing-key").status()).isEqualTo(200);
        assertThat(instance.get("/v1///public-signing-key").status()).isEqualTo(404);
        assertThat(instance.get("/v1/public-signing-key/").status()).isEqualTo(404);
    }

    @Test
    void vpcWithoutRoleReadsTheSigningKeyAndNoMore() {
        Instance reader = Instance.of(service, ServiceHome.READ_ONLY_VPC);

        assertThat(reader.get("/v1/public-signing-key").status()).isEqualTo(200);
        assertThat(reader.generate("volume-1").status()).isEqualTo(403);
    }

    @Test
    void everyAnswerHasARequestId() {
        assertThat(instance.get("/v1/public-signing-key").header("X-Request-Id")).isNotEmpty();
        assertThat(instance.get("/nowhere").header("X-Request-Id")).isNotEmpty();
    }
}
