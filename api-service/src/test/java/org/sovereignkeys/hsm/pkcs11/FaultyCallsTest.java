/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;
import sun.security.pkcs11.wrapper.PKCS11Constants;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.HsmConnection.Status;
import org.sovereignkeys.hsm.HsmFaultException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Single calls fail, hang, or find no session; the rest goes on. */
class FaultyCallsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration NOTICED_WITHOUT_TRAFFIC = Duration.ofSeconds(30);
    private static final String STUCK = "sovereign_keys.hsm.threads.stuck";

    @TempDir
    private Path folder;

    private VaultFixture impatient(int sessions) {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        HsmSettings settings = new HsmSettings(HsmType.PROTECCIO, Simulator.library(), null, sessions,
                Duration.ofMillis(800), Duration.ofMillis(800), Duration.ofSeconds(1), Duration.ofMillis(200), 8,
                Duration.ofMinutes(10));
        return new VaultFixture(simulator, settings, () -> true).opened();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CKR_DEVICE_ERROR", "CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED", "CKR_HOST_MEMORY"})
    void aFailedCallHurtsNoOther(String code) {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");

            fixture.simulator().misbehave("fail C_DeriveKey 1 " + code);
            assertThatThrownBy(() -> fixture.newSecret(customer)).isInstanceOf(HsmUnavailableException.class)
                .hasMessageContaining("C_DeriveKey returned " + code);

            assertThat(fixture.vault().status()).isEqualTo(Status.READY);
            fixture.newSecret(customer);
        }
    }

    @Test
    void aLostSessionIsReplacedUnseen() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");

            fixture.simulator().misbehave("fail C_DeriveKey 1 CKR_SESSION_HANDLE_INVALID");

            fixture.newSecret(customer);
            assertThat(fixture.vault().status()).isEqualTo(Status.READY);
        }
    }

    /** Each of them keeps every use case from being served, so the node must not pass for ready. */
    @ParameterizedTest
    @ValueSource(strings = {"hang C_Sign *", "fail C_WrapKey * CKR_DEVICE_ERROR", "fail C_Sign * CKR_FUNCTION_FAILED",
        "fail C_UnwrapKey * CKR_GENERAL_ERROR", "fail C_DeriveKey * CKR_DEVICE_MEMORY"})
    void anHsmThatServesNoCallIsNotReady(String misfortune) {
        try (VaultFixture fixture = impatient(2)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            fixture.simulator().misbehave(misfortune);

            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHOUT_TRAFFIC);
            for (int i = 0; i < 20; i++) {
                VaultFixture.pause(100);
                assertThat(fixture.vault().status()).isEqualTo(Status.RECOVERING);
            }
            fixture.simulator().behave();

            fixture.awaitStatus(Status.READY, SOON);
            fixture.newSecret(customer);
        }
    }

    @Test
    void aCallThatFailsForTheHsmHasTheHsmTriedAtOnce() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            fixture.simulator().misbehave("fail C_WrapKey * CKR_DEVICE_ERROR");
            assertThatThrownBy(() -> fixture.newSecret(customer)).isInstanceOf(HsmUnavailableException.class);

            fixture.awaitStatus(Status.RECOVERING, Duration.ofSeconds(4));
            fixture.simulator().behave();
            fixture.awaitStatus(Status.READY, SOON);
        }
    }

    /** Only C_UnwrapKey has seen the blob: of a caller's data no other function can say anything. */
    @ParameterizedTest
    @ValueSource(strings = {"C_DeriveKey 1 CKR_DATA_LEN_RANGE", "C_DeriveKey 2 CKR_DATA_INVALID",
        "C_DeriveKey 2 CKR_ENCRYPTED_DATA_INVALID"})
    void aFaultOfTheHsmIsNoRejectedBlob(String fault) {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            WrappedBlob blob = fixture.newSecret(customer);

            fixture.simulator().misbehave("fail " + fault);

            assertThatThrownBy(() -> fixture.decrypt(customer, blob)).isInstanceOf(HsmFaultException.class);
        }
    }

    @Test
    void anAnswerThatNothingExplainsIsAFault() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");

            fixture.simulator().misbehave("fail C_DeriveKey 1 CKR_MECHANISM_INVALID");

            assertThatThrownBy(() -> fixture.newSecret(customer)).isInstanceOf(HsmFaultException.class);
            fixture.newSecret(customer);
        }
    }

    @Test
    void anObjectThatCannotBeDestroyedGoesWithItsSession() {
        try (VaultFixture fixture = VaultFixture.open(folder, 1, 0)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");

            fixture.simulator().misbehave("fail C_DestroyObject 2 CKR_FUNCTION_FAILED");
            fixture.newSecret(customer);

            int left = fixture.vault()
                .call((operations, workspace) -> workspace.session()
                    .find(new CK_ATTRIBUTE(PKCS11Constants.CKA_TOKEN, false))).length;
            assertThat(left).isZero();
        }
    }

    @Test
    void aCallThatHangsFailsInTimeAndTheOthersGoOn() {
        try (VaultFixture fixture = impatient(4)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            fixture.simulator().misbehave("hang C_UnwrapKey 1");

            long started = System.nanoTime();
            assertThatThrownBy(() -> fixture.newSecret(customer)).isInstanceOf(HsmUnavailableException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
            assertThat(fixture.vault().status()).isEqualTo(Status.READY);
            fixture.newSecret(customer);
        }
    }

    @Test
    void aStuckSessionIsGivenUpAndReplaced() {
        try (VaultFixture fixture = impatient(1)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            fixture.simulator().misbehave("hang C_UnwrapKey 1");
            assertThatThrownBy(() -> fixture.newSecret(customer)).isInstanceOf(HsmUnavailableException.class);

            VaultFixture.await("the thread is given up", () -> fixture.gauge(STUCK) == 1, SOON);
            fixture.newSecret(customer); // on the only session, so on a new one

            fixture.simulator().behave();
            VaultFixture.await("the stuck thread ends", () -> fixture.gauge(STUCK) == 0, SOON);
            fixture.newSecret(customer);
        }
    }

    @Test
    void anHsmThatHangsWhollyIsHealedWhenItGoesOn() {
        try (VaultFixture fixture = impatient(2)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            try (Load load = Load.start(6, () -> fixture.newSecret(customer))) {
                VaultFixture.await("some calls", () -> load.successes() > 5, SOON);
                fixture.simulator()
                    .misbehave("hang C_UnwrapKey *", "hang C_GetSessionInfo *",
                            "hang C_GenerateRandom *", "hang C_OpenSession *");
                fixture.awaitStatus(Status.RECOVERING, SOON);
                fixture.simulator().behave();

                int before = load.successes();
                VaultFixture.await("calls succeed again", () -> load.successes() > before + 5, SOON);
                assertThat(load.failures()).isEmpty();
                assertThat(load.longestMillis()).isLessThan(10_000);
            }
        }
    }

    @Test
    void fewerSessionsThanConfiguredWillDo() {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        simulator.misbehave("max-sessions 4");
        try (VaultFixture fixture = new VaultFixture(simulator, Settings.of(simulator, 8, 8), () -> true).opened()) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            try (Load load = Load.start(20, () -> fixture.newSecret(customer))) {
                VaultFixture.await("calls succeed", () -> load.successes() > 60, Duration.ofSeconds(60));
                assertThat(load.failures()).isEmpty();
                assertThat(load.outages()).isZero();
            }
        }
    }

    @Test
    void twoHundredCallersShareEightSessions() {
        try (VaultFixture fixture = VaultFixture.open(folder, 8, 8)) {
            CustomerKey customer = fixture.newCustomer("vpc-1");
            byte[][] contents = new byte[50][];
            for (int i = 0; i < contents.length; i++) {
                contents[i] = ("caller " + i).getBytes(StandardCharsets.UTF_8);
            }
            Verifier verifier = Verifier.of(fixture.vault().publicSigningKey());
            AtomicInteger turn = new AtomicInteger();
            try (Load load = Load.start(200, () -> {
                byte[] content = contents[turn.getAndIncrement() % contents.length];
                if (turn.get() % 4 == 0) {
                    var generated = fixture.vault()
                        .generateSecret(customer, VaultFixture.VOLUME, VaultFixture.INSTANCE.key());
                    assertThat(fixture.decrypt(customer, generated.encrypted().blob()))
                        .isEqualTo(VaultFixture.INSTANCE.open(generated.wrapped().secret()));
                } else {
                    assertThat(verifier.accepts(content, fixture.vault().sign(content))).isTrue();
                }
            })) {
                VaultFixture.await("calls succeed", () -> load.successes() > 800, Duration.ofMinutes(3));
                assertThat(load.failures()).isEmpty();
                assertThat(load.outages()).isZero();
            }
        }
    }
}
