/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

import org.sovereignkeys.configuration.AuditCopy;
import org.sovereignkeys.configuration.AwsSettings;
import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.configuration.HsmSettings;
import org.sovereignkeys.configuration.HsmType;
import org.sovereignkeys.configuration.Location;
import org.sovereignkeys.configuration.SovereignKeysSettings;
import org.sovereignkeys.hsm.HsmConnection;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.hsm.PinRejectedException;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A node whose HSM client needs no key; with one, see the tests of the operator's calls. */
class NodeTest {
    private final ScriptedHsm hsm = new ScriptedHsm();
    private final HeldSecrets secrets = new HeldSecrets();
    private final List<Object> events = new ArrayList<>();
    private final Node node = new Node(secrets, new ClientKeyFile(settings(), new MockEnvironment()), hsm, events::add);

    @Test
    void waitsForThePinWhenNoClientKeyIsWanted() {
        assertThat(node.state()).isEqualTo(NodeState.WAITING_FOR_PIN);
    }

    @Test
    void clientKeyThatIsNotWantedIsRefused() {
        assertThatThrownBy(() -> node.acceptClientKey(ClientKey.of(new byte[]{1}))).isInstanceOf(ClusterException.class)
            .hasMessage("The HSM client of this node needs no key: sovereign-keys.client-key-file is not set.");
    }

    @Test
    void acceptedPinIsKeptAndTellsThatTheNodeIsReady() {
        node.acceptPin(Pin.of("right"));

        assertThat(secrets.pin).isNotNull();
        assertThat(node.state()).isEqualTo(NodeState.READY);
        assertThat(events).containsExactly(new NodeStateChanged(NodeState.READY));
    }

    @Test
    void secondPinIsRefusedWithoutAskingTheHsm() {
        node.acceptPin(Pin.of("right"));

        assertThatThrownBy(() -> node.acceptPin(Pin.of("wrong"))).hasMessage("PIN already present");
        assertThat(hsm.opened).isEqualTo(1);
    }

    @Test
    void pinThatTheHsmRefusesIsNotKept() {
        hsm.failure = new PinRejectedException("CKR_PIN_INCORRECT", null);

        assertThatThrownBy(() -> node.acceptPin(Pin.of("wrong"))).isInstanceOf(PinRejectedException.class);
        assertThat(secrets.pin).isNull();
    }

    @Test
    void pinThatCouldNotBeTriedIsNotKept() {
        hsm.failure = new HsmUnavailableException("away", null);

        assertThatThrownBy(() -> node.acceptPin(Pin.of("right"))).isInstanceOf(HsmUnavailableException.class);
        assertThat(secrets.pin).isNull();
    }

    @Test
    void newPinIsTakenAfterTheHsmRefusedTheOldOne() {
        node.acceptPin(Pin.of("old"));
        hsm.status = HsmConnection.Status.PIN_REFUSED;
        assertThat(node.state()).isEqualTo(NodeState.WAITING_FOR_PIN);

        node.acceptPin(Pin.of("new"));

        assertThat(node.state()).isEqualTo(NodeState.READY);
        assertThat(secrets.pin).isNotNull().satisfies(pin -> assertThat(pin.matches(Pin.of("new"))).isTrue());
    }

    @Test
    void wrongHsmKeysStopTheNode() {
        hsm.failure = new HsmKeysException("two keys are named sig_key", null);

        assertThatThrownBy(() -> node.acceptPin(Pin.of("right"))).isInstanceOf(HsmKeysException.class);
        assertThat(events).containsExactly(new NodeCannotWork("two keys are named sig_key"));
        assertThat(secrets.pin).isNull();
    }

    @Test
    void hsmThatGoesAwayAndComesBackIsTold() {
        node.acceptPin(Pin.of("right"));
        hsm.status = HsmConnection.Status.RECOVERING;
        node.announce();
        node.announce();
        hsm.status = HsmConnection.Status.READY;
        node.announce();

        assertThat(events).containsExactly(new NodeStateChanged(NodeState.READY),
                new NodeStateChanged(NodeState.HSM_AWAY), new NodeStateChanged(NodeState.READY));
    }

    @Test
    void hsmThatComesBackWithOtherKeysStopsTheNodeOnce() {
        node.acceptPin(Pin.of("right"));
        hsm.keysTrouble = "another sig_key";
        hsm.status = HsmConnection.Status.WRONG_KEYS;
        node.announce();
        node.announce();

        assertThat(events).containsExactly(new NodeStateChanged(NodeState.READY),
                new NodeStateChanged(NodeState.WRONG_HSM_KEYS), new NodeCannotWork("another sig_key"));
    }

    private static SovereignKeysSettings settings() {
        Location files = new Location("file", "/nowhere");
        return new SovereignKeysSettings(new HsmSettings(HsmType.PROTECCIO, null, null, 4, ofSeconds(1), ofSeconds(1),
                ofSeconds(30), ofSeconds(1), 0, ofSeconds(60)), null, null, files, files, files,
                new Location("memory", ""), new EtcdSettings(null, null, null), new AwsSettings(null),
                AuditCopy.BACKGROUND, ofSeconds(9));
    }

    private static final class ScriptedHsm implements HsmConnection {
        private Status status = Status.CLOSED;
        private @Nullable RuntimeException failure;
        private String keysTrouble = "";
        private int opened;

        @Override
        public void open(Pin pin) {
            opened++;
            if (failure != null) {
                throw failure;
            }
            status = Status.READY;
        }

        @Override
        public Status status() {
            return status;
        }

        @Override
        public String keysTrouble() {
            return keysTrouble;
        }

        @Override
        public void close() {
            status = Status.CLOSED;
        }
    }

    private static final class HeldSecrets implements ClusterSecrets {
        private @Nullable Pin pin;

        @Override
        public Optional<ClientKey> clientKey() {
            return Optional.empty();
        }

        @Override
        public boolean offerClientKey(ClientKey key) {
            return true;
        }

        @Override
        public Optional<Pin> pin() {
            return Optional.ofNullable(pin).map(Pin::copy);
        }

        @Override
        public boolean offerPin(Pin offered) {
            pin = offered.copy();
            return true;
        }

        @Override
        public void withdrawPin(Pin refused) {
            if (pin != null && pin.matches(refused)) {
                pin = null;
            }
        }
    }
}
