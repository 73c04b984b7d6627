/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.security.pkcs11.wrapper.CK_MECHANISM;

import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.hsm.FirstKeyPermit;
import org.sovereignkeys.hsm.FirstKeysPendingException;
import org.sovereignkeys.hsm.HsmConnection.Status;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.PublicSigningKey;
import org.sovereignkeys.hsm.simulator.Simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sun.security.pkcs11.wrapper.PKCS11Constants.*;

/** The service's keys: made once ever, each there exactly once. */
class ServiceKeysTest {
    private static final FirstKeyPermit GRANTED = () -> true;
    private static final FirstKeyPermit REFUSED = () -> false;

    @TempDir
    private Path folder;

    private VaultFixture fixture(FirstKeyPermit permit) {
        Simulator simulator = Simulator.fresh(HsmType.PROTECCIO, folder);
        return new VaultFixture(simulator, Settings.of(simulator), permit);
    }

    @Test
    void absentKeysAreNotMadeUnlessPermitted() {
        try (VaultFixture fixture = fixture(REFUSED)) {
            assertThatThrownBy(fixture::opened).isInstanceOf(HsmKeysException.class)
                .hasMessageContaining("no domain_key");
            assertThat(fixture.vault().status()).isEqualTo(Status.CLOSED);
        }
    }

    @Test
    void aRefusalMakesNoKey() {
        try (VaultFixture fixture = fixture(REFUSED)) {
            assertThatThrownBy(fixture::opened).isInstanceOf(HsmKeysException.class);
            assertThatThrownBy(fixture::opened).isInstanceOf(HsmKeysException.class);
        }
    }

    @Test
    void keysThatAnotherNodeIsToMakeAreWaitedFor() {
        AtomicBoolean claimedElsewhere = new AtomicBoolean(true);
        try (VaultFixture fixture = fixture(() -> {
            if (claimedElsewhere.get()) {
                throw new FirstKeysPendingException("another node makes them", null);
            }
            return true;
        })) {
            assertThatThrownBy(fixture::opened).isInstanceOf(FirstKeysPendingException.class);
            assertThat(fixture.vault().status()).isEqualTo(Status.CLOSED);
            claimedElsewhere.set(false);

            assertThat(fixture.opened().vault().status()).isEqualTo(Status.READY);
        }
    }

    @Test
    void keysAreMadeOnce() {
        PublicSigningKey made;
        try (VaultFixture fixture = fixture(GRANTED).opened()) {
            made = fixture.vault().publicSigningKey();
        }

        try (VaultFixture again = fixture(REFUSED).opened()) {
            assertThat(again.vault().publicSigningKey()).isEqualTo(made);
        }
    }

    @Test
    void twoDomainKeysStopTheService() {
        try (VaultFixture fixture = fixture(GRANTED).opened()) {
            fixture.vault()
                .call((operations, workspace) -> workspace.session()
                    .generateKey(new CK_MECHANISM(CKM_AES_KEY_GEN), Templates.domainKey(ascii("domain_key"))));
        }

        try (VaultFixture again = fixture(GRANTED)) {
            assertThatThrownBy(again::opened).isInstanceOf(HsmKeysException.class)
                .hasMessageContaining("2 keys with the label domain_key");
        }
    }

    @Test
    void twoSigningKeysStopTheService() {
        try (VaultFixture fixture = fixture(GRANTED).opened()) {
            fixture.vault()
                .call((operations, workspace) -> workspace.session()
                    .generateKeyPair(new CK_MECHANISM(CKM_EC_KEY_PAIR_GEN),
                            Templates.publicSigningKey(ascii("sig_key_pub")), Templates.signingKey(ascii("sig_key"))));
        }

        try (VaultFixture again = fixture(GRANTED)) {
            assertThatThrownBy(again::opened).isInstanceOf(HsmKeysException.class)
                .hasMessageContaining("2 keys with the label sig_key");
        }
    }

    @Test
    void halfAPairStopsTheService() {
        try (VaultFixture fixture = fixture(GRANTED).opened()) {
            fixture.vault().call((operations, workspace) -> {
                Session session = workspace.session();
                session.destroy(session.find(Templates.search(CKO_PUBLIC_KEY, ascii("sig_key_pub")))[0]);
                return true;
            });
        }

        try (VaultFixture again = fixture(GRANTED)) {
            assertThatThrownBy(again::opened).isInstanceOf(HsmKeysException.class)
                .hasMessageContaining("only one half");
        }
    }

    private static byte[] ascii(String label) {
        return label.getBytes(StandardCharsets.US_ASCII);
    }
}
