/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.security.pkcs11.wrapper.CK_ATTRIBUTE;
import sun.security.pkcs11.wrapper.PKCS11Constants;

import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.HsmConnection.Status;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.PublicSigningKey;
import org.sovereignkeys.hsm.WrappedBlob;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The HSM goes away and comes back, idle and under load: healed without a restart, and never a wrong answer. */
class RecoveryTest {
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(30);
    private static final Duration HEALED_WITHIN = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    /** A customer with a stored secret that is known. */
    private record Known(VaultFixture fixture, CustomerKey customer, WrappedBlob blob, String secret) {
        static Known make(VaultFixture fixture, String vpc) {
            CustomerKey customer = fixture.newCustomer(vpc);
            WrappedBlob blob = fixture.newSecret(customer);
            return new Known(fixture, customer, blob, HexFormat.of().formatHex(fixture.decrypt(customer, blob)));
        }

        void check() {
            assertThat(HexFormat.of().formatHex(fixture.decrypt(customer, blob))).isEqualTo(secret);
        }

        void checkAllUses() {
            check();
            fixture.vault().convertSecret(customer, VaultFixture.VOLUME, VaultFixture.VOLUME, blob);
            fixture.vault().generateSecret(customer, VaultFixture.VOLUME, VaultFixture.INSTANCE.key());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"device gone", "device gone reinitialise"})
    void aLossIsNoticedAndHealedWithoutTraffic(String misfortune) {
        try (VaultFixture fixture = VaultFixture.open(folder, 4, 8)) {
            Known known = Known.make(fixture, "vpc-1");

            fixture.simulator().misbehave(misfortune);
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
            assertThatThrownBy(known::check).isInstanceOf(HsmUnavailableException.class);
            assertThat(fixture.vault().publicSigningKey()).isNotNull();

            fixture.simulator().behave();
            fixture.awaitStatus(Status.READY, NOTICED_WITHIN);
            known.check();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"device gone", "device gone reinitialise", "drop-sessions"})
    void aLossUnderLoadIsHealed(String misfortune) {
        try (VaultFixture fixture = VaultFixture.open(folder, 4, 8)) {
            Known known = Known.make(fixture, "vpc-1");
            try (Load load = Load.start(8, known::checkAllUses)) {
                VaultFixture.await("some calls", () -> load.successes() > 10, HEALED_WITHIN);

                fixture.simulator().misbehave(misfortune);
                VaultFixture.pause(500);
                fixture.simulator().behave();

                int before = load.successes();
                VaultFixture.await("calls succeed again", () -> load.successes() > before + 10, HEALED_WITHIN);
                assertThat(load.failures()).isEmpty();
            }
            fixture.awaitStatus(Status.READY, NOTICED_WITHIN);
        }
    }

    @Test
    void aLongOutageIsSurvived() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            Known known = Known.make(fixture, "vpc-1");

            fixture.simulator().misbehave("device gone reinitialise");
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
            VaultFixture.pause(3000);
            fixture.simulator().behave();

            fixture.awaitStatus(Status.READY, NOTICED_WITHIN);
            known.checkAllUses();
        }
    }

    @Test
    void aPinThatIsRefusedOnTheWayBackIsNotTriedAgain() {
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            fixture.simulator().misbehave("device gone", "fail C_Login * CKR_PIN_INCORRECT");
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
            fixture.simulator().misbehave("fail C_Login * CKR_PIN_INCORRECT");
            fixture.awaitStatus(Status.PIN_REFUSED, NOTICED_WITHIN);

            fixture.simulator().behave();
            VaultFixture.pause(600);
            assertThat(fixture.vault().status()).isEqualTo(Status.PIN_REFUSED);
            assertThat(fixture.vault().isPinIncorrect()).isTrue();
            assertThatThrownBy(() -> fixture.vault().sign(new byte[0])).isInstanceOf(HsmUnavailableException.class);

            fixture.opened();
            assertThat(fixture.vault().status()).isEqualTo(Status.READY);
        }
    }

    private Simulator withItsOwnKeys(String name) {
        try (VaultFixture other = VaultFixture.open(folder.resolve(name), 2, 8)) {
            return other.simulator();
        }
    }

    @Test
    void anHsmThatComesBackWithOtherKeysIsNotUsed() {
        Simulator elsewhere = withItsOwnKeys("elsewhere");
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            Known known = Known.make(fixture, "vpc-1");
            PublicSigningKey before = fixture.vault().publicSigningKey();
            fixture.simulator().misbehave("device gone reinitialise");
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
            fixture.simulator().findTokenOf(elsewhere);
            fixture.simulator().behave();

            fixture.awaitStatus(Status.WRONG_KEYS, HEALED_WITHIN);
            assertThat(fixture.vault().keysTrouble()).contains("another sig_key");
            assertThat(fixture.vault().publicSigningKey()).isEqualTo(before);
            assertThatThrownBy(known::check).isInstanceOf(HsmUnavailableException.class);
            assertThatThrownBy(() -> fixture.newCustomer("vpc-2")).isInstanceOf(HsmUnavailableException.class);
            assertThatThrownBy(fixture::opened).isInstanceOf(HsmKeysException.class);

            VaultFixture.pause(600);
            assertThat(fixture.vault().status()).isEqualTo(Status.WRONG_KEYS);
        }
    }

    @Test
    void anHsmThatComesBackWithoutKeysIsNotUsedAndGetsNone() {
        Simulator elsewhere;
        try (VaultFixture other = VaultFixture.open(folder.resolve("elsewhere"), 2, 8)) {
            elsewhere = other.simulator();
            other.vault().call((operations, workspace) -> {
                for (long object : workspace.session().find(new CK_ATTRIBUTE(PKCS11Constants.CKA_TOKEN, true))) {
                    workspace.session().destroy(object);
                }
                return true;
            });
        }
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            fixture.simulator().misbehave("device gone reinitialise");
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
            fixture.simulator().findTokenOf(elsewhere);
            fixture.simulator().behave();

            fixture.awaitStatus(Status.WRONG_KEYS, HEALED_WITHIN);
            assertThat(fixture.vault().keysTrouble()).contains("holds no domain_key");
        }
    }

    @Test
    void aPinForAnHsmWithOtherKeysDoesNotOpenItAfterTheFirstOneWasRefused() {
        Simulator elsewhere = withItsOwnKeys("elsewhere");
        try (VaultFixture fixture = VaultFixture.open(folder, 2, 8)) {
            fixture.simulator().misbehave("device gone reinitialise");
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
            fixture.simulator().findTokenOf(elsewhere);
            fixture.simulator().misbehave("fail C_Login * CKR_PIN_INCORRECT");
            fixture.awaitStatus(Status.PIN_REFUSED, HEALED_WITHIN);
            fixture.simulator().behave();

            assertThatThrownBy(fixture::opened).isInstanceOf(HsmKeysException.class);
            assertThat(fixture.vault().status()).isEqualTo(Status.WRONG_KEYS);
        }
    }

    @Test
    void aLoginThatHangsOnTheWayBackIsTriedAgain() {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        HsmSettings settings = new HsmSettings(HsmType.PROTECCIO, Simulator.library(), null, 2, Duration.ofSeconds(2),
                Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(200), 8, Duration.ofMinutes(10));
        try (VaultFixture fixture = new VaultFixture(simulator, settings, () -> true).opened()) {
            Known known = Known.make(fixture, "vpc-1");
            simulator.misbehave("device gone", "hang C_Login 1");
            fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);

            simulator.misbehave("hang C_Login 1");

            fixture.awaitStatus(Status.READY, HEALED_WITHIN);
            assertThat(fixture.gauge("sovereign_keys.hsm.threads.stuck")).isEqualTo(1);
            known.checkAllUses();
        }
    }

    @Test
    void sessionsThatAreDroppedAreNoticedWithoutTraffic() {
        try (VaultFixture fixture = VaultFixture.open(folder, 4, 8)) {
            Known known = Known.make(fixture, "vpc-1");
            long logins = fixture.calls("C_Login");

            fixture.simulator().misbehave("drop-sessions");

            VaultFixture.await("the login is renewed", () -> fixture.calls("C_Login") > logins, NOTICED_WITHIN);
            fixture.awaitStatus(Status.READY, NOTICED_WITHIN);
            known.checkAllUses();
        }
    }

    @Test
    void noThreadsAreLeftBehind() {
        try (VaultFixture fixture = VaultFixture.open(folder, 4, 8)) {
            Known known = Known.make(fixture, "vpc-1");
            try (Load load = Load.start(8, known::check)) {
                for (int i = 0; i < 5; i++) {
                    fixture.simulator().misbehave("device gone reinitialise");
                    fixture.awaitStatus(Status.RECOVERING, NOTICED_WITHIN);
                    fixture.simulator().behave();
                    fixture.awaitStatus(Status.READY, NOTICED_WITHIN);
                }
                assertThat(load.failures()).isEmpty();
            }
            // a thread a session, connector, keeper, watch
            VaultFixture.await("the old threads end", () -> hsmThreads() <= 4 + 3, HEALED_WITHIN);
        }
        VaultFixture.await("all threads end", () -> hsmThreads() == 0, HEALED_WITHIN);
    }

    private static long hsmThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("hsm-")).count();
    }

    /** Handles start again with each initialisation, so a stale one would mean the other customer's key. */
    @Test
    void noSecretOpensUnderTheWrongCustomerWhateverHappens() {
        try (VaultFixture fixture = VaultFixture.open(folder, 4, 8)) {
            Known first = Known.make(fixture, "vpc-1");
            Known second = Known.make(fixture, "vpc-2");
            try (Load right = Load.start(3, first::check);
                    Load alsoRight = Load.start(3, second::check);
                    Load wrong = Load.start(2, () -> assertRejected(first.customer(), second))) {
                for (int i = 0; i < 8; i++) {
                    fixture.simulator().misbehave(i % 3 == 2 ? "drop-sessions" : "device gone reinitialise");
                    VaultFixture.pause(100);
                    fixture.simulator().behave();
                    int before = right.successes();
                    int alsoBefore = alsoRight.successes();
                    VaultFixture.await("both customers are served again",
                            () -> right.successes() > before + 5 && alsoRight.successes() > alsoBefore + 5,
                            HEALED_WITHIN);
                }
                assertThat(right.failures()).isEmpty();
                assertThat(alsoRight.failures()).isEmpty();
                assertThat(wrong.failures()).isEmpty();
                assertThat(wrong.successes()).isPositive();
            }
        }
    }

    private static void assertRejected(CustomerKey customer, Known foreign) {
        try {
            foreign.fixture()
                .vault()
                .decryptSecret(customer, VaultFixture.VOLUME, foreign.blob(), VaultFixture.INSTANCE.key());
        } catch (BlobRejectedException e) {
            return;
        }
        throw new AssertionError("a secret opened under the wrong customer's key");
    }
}
