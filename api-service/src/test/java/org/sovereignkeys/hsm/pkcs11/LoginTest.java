/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.HsmConnection.Status;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.PinRejectedException;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Opening and closing, with right and wrong PINs. */
class LoginTest {
    private static final Pin WRONG = Pin.of("wrong horse");

    @TempDir
    private Path folder;

    @Test
    void aWrongPinIsRefused() {
        try (VaultFixture fixture = VaultFixture.closed(folder)) {
            assertThatThrownBy(() -> fixture.vault().open(WRONG)).isInstanceOf(PinRejectedException.class)
                .hasMessageContaining("CKR_PIN_INCORRECT");
            assertThat(fixture.vault().status()).isEqualTo(Status.CLOSED);
        }
    }

    @Test
    void theRightPinOpensAfterAWrongOne() {
        try (VaultFixture fixture = VaultFixture.closed(folder)) {
            assertThatThrownBy(() -> fixture.vault().open(WRONG)).isInstanceOf(PinRejectedException.class);

            fixture.opened();

            assertThat(fixture.vault().status()).isEqualTo(Status.READY);
            fixture.newSecret(fixture.newCustomer("vpc-1"));
        }
    }

    @Test
    void aWrongPinIsRefusedAfterARightOneWasClosed() {
        try (VaultFixture fixture = VaultFixture.closed(folder).opened()) {
            fixture.vault().close();

            assertThatThrownBy(() -> fixture.vault().open(WRONG)).isInstanceOf(PinRejectedException.class);
        }
    }

    @Test
    void aLeftoverLoginHidesNoWrongPin() {
        try (VaultFixture fixture = VaultFixture.closed(folder)) {
            fixture.simulator().misbehave("fail C_Login 1 CKR_USER_ALREADY_LOGGED_IN");

            assertThatThrownBy(() -> fixture.vault().open(WRONG)).isInstanceOf(PinRejectedException.class);
        }
    }

    @Test
    void aLoginThatNeverEndsIsNoAcceptedPin() {
        try (VaultFixture fixture = VaultFixture.closed(folder)) {
            fixture.simulator().misbehave("fail C_Login * CKR_USER_ALREADY_LOGGED_IN");

            assertThatThrownBy(() -> fixture.vault().open(WRONG)).isInstanceOf(HsmUnavailableException.class);
        }
    }

    @Test
    void aClosedVaultServesNobody() {
        try (VaultFixture fixture = VaultFixture.closed(folder)) {
            assertThatThrownBy(() -> fixture.vault().sign(new byte[0])).isInstanceOf(HsmUnavailableException.class)
                .hasMessageContaining("PIN is missing");
        }
    }

    @Test
    void anOpenVaultIsNotOpenedTwice() {
        try (VaultFixture fixture = VaultFixture.closed(folder).opened()) {
            assertThatThrownBy(fixture::opened).isInstanceOf(IllegalStateException.class);
            assertThat(fixture.vault().status()).isEqualTo(Status.READY);
        }
    }

    @Test
    void aCloudHsmPinWithoutItsUserIsRefusedUnasked() {
        Simulator simulator = Simulator.fresh(HsmType.CLOUDHSM, folder);
        try (VaultFixture fixture = new VaultFixture(simulator, Settings.of(simulator), () -> true)) {
            assertThatThrownBy(() -> fixture.vault().open(Pin.of("password"))).isInstanceOf(PinRejectedException.class)
                .hasMessageContaining("user:password");
        }
    }

    @Test
    void aMissingLibraryIsNamed() {
        Path nowhere = folder.resolve("libnowhere.so");
        HsmSettings settings = new HsmSettings(HsmType.PROTECCIO, nowhere, null, 1, Duration.ofSeconds(1),
                Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1), 0, Duration.ofMinutes(1));
        Pkcs11Vault vault = new Pkcs11Vault(settings, () -> true, new SimpleMeterRegistry());

        assertThatThrownBy(() -> vault.open(WRONG)).isInstanceOf(HsmUnavailableException.class)
            .hasMessageContaining(nowhere.toString());
        vault.close();
    }

    @Test
    void aLibraryThatIsNoneIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("libtext.so"), "text");
        HsmSettings settings = new HsmSettings(HsmType.PROTECCIO, text, null, 1, Duration.ofSeconds(1),
                Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1), 0, Duration.ofMinutes(1));
        Pkcs11Vault vault = new Pkcs11Vault(settings, () -> true, new SimpleMeterRegistry());

        assertThatThrownBy(() -> vault.open(WRONG)).isInstanceOf(HsmUnavailableException.class)
            .hasMessageContaining(text.toString());
        vault.close();
    }
}
