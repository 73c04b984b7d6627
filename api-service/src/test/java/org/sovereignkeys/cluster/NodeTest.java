/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.awaitility.Awaitility;
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
import org.sovereignkeys.hsm.FirstKeysPendingException;
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
        hsm.failure = new PinRejectedException("CKR_PIN_INCORRECT", true, null);

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
        hsm.pinIncorrect = true;
        assertThat(node.state()).isEqualTo(NodeState.WAITING_FOR_PIN);

        node.acceptPin(Pin.of("new"));

        assertThat(node.state()).isEqualTo(NodeState.READY);
        assertThat(secrets.pin).isNotNull().satisfies(pin -> assertThat(pin.pin().matches(Pin.of("new"))).isTrue());
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

    @Test
    void pinOfAnotherNodeOpensTheHsm() {
        secrets.pin = shared("right");

        node.follow();

        assertThat(node.state()).isEqualTo(NodeState.READY);
        assertThat(secrets.ready).isTrue();
        assertThat(events).containsExactly(new NodeStateChanged(NodeState.READY));
    }

    @Test
    void sharedPinIsTriedOnceAndStaysWhileAnotherNodeIsReadyWithIt() {
        secrets.pin = shared("wrong");
        secrets.inUseElsewhere = true;
        hsm.failure = new PinRejectedException("CKR_PIN_INCORRECT", true, null);
        node.follow();
        node.follow();
        node.follow();

        assertThat(hsm.opened).isEqualTo(1);
        assertThat(node.state()).isEqualTo(NodeState.PIN_REFUSED);
        assertThatThrownBy(() -> node.acceptPin(Pin.of("right"))).hasMessage("PIN already present");
        assertThat(hsm.opened).isEqualTo(1);

        secrets.inUseElsewhere = false;
        node.follow();
        assertThat(secrets.pin).isNull();
        node.follow();
        assertThat(node.state()).isEqualTo(NodeState.WAITING_FOR_PIN);
    }

    @Test
    void lockedPinStaysAndIsTriedAgainWhenItsOperatorSaysSo() {
        secrets.pin = shared("right");
        hsm.failure = new PinRejectedException("CKR_PIN_LOCKED", false, null);
        node.follow();
        node.follow();
        assertThat(hsm.opened).isEqualTo(1);
        assertThat(secrets.withdrawals).containsOnly(false);
        assertThat(secrets.pin).isNotNull();

        hsm.failure = null;
        node.acceptPin(Pin.of("right"));

        assertThat(node.state()).isEqualTo(NodeState.READY);
    }

    @Test
    void pinThatIsGivenAnewIsTriedAnew() {
        secrets.pin = shared("wrong");
        hsm.failure = new PinRejectedException("CKR_PIN_INCORRECT", true, null);
        secrets.inUseElsewhere = true;
        node.follow();
        hsm.failure = null;
        secrets.pin = shared("right");

        awaitOpen();

        assertThat(hsm.opened).isEqualTo(2);
    }

    @Test
    void hsmThatIsAwayIsTriedAgainWithTheSharedPin() {
        secrets.pin = shared("right");
        hsm.failure = new HsmUnavailableException("away", null);
        node.follow();
        assertThat(node.state()).isEqualTo(NodeState.HSM_AWAY);
        hsm.failure = null;

        awaitOpen();
    }

    @Test
    void nodeWaitsForTheKeysThatAnotherMakes() {
        secrets.pin = shared("right");
        hsm.failure = new FirstKeysPendingException("another node makes them", null);
        node.follow();
        assertThat(node.state()).isEqualTo(NodeState.FIRST_KEYS_PENDING);
        hsm.failure = null;

        awaitOpen();
        assertThat(events).doesNotHaveAnyElementsOfTypes(NodeCannotWork.class);
    }

    @Test
    void wrongHsmKeysStopANodeThatFollowsToo() {
        secrets.pin = shared("right");
        hsm.failure = new HsmKeysException("two keys are named sig_key", null);
        node.follow();

        assertThat(events).contains(new NodeCannotWork("two keys are named sig_key"));
    }

    @Test
    void refusedPinIsWithdrawnAfterAnOutageAndNotTriedAgain() {
        node.acceptPin(Pin.of("old"));
        secrets.inUseElsewhere = true;
        hsm.status = HsmConnection.Status.PIN_REFUSED;
        hsm.pinIncorrect = true;
        node.follow();
        node.follow();

        assertThat(hsm.opened).isEqualTo(1);
        assertThat(secrets.withdrawals).containsOnly(true);
        assertThat(secrets.ready).isFalse();
        assertThat(node.state()).isEqualTo(NodeState.PIN_REFUSED);
    }

    @Test
    void nothingIsTakenWhileEtcdIsAwayAndTheNodeIsNotReady() {
        secrets.away = true;

        assertThat(node.state()).isEqualTo(NodeState.CLUSTER_AWAY);
        assertThatThrownBy(() -> node.acceptPin(Pin.of("right")))
            .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isRefusal()).isFalse())
            .hasMessageStartingWith("etcd does not answer");
        assertThat(hsm.opened).isZero();
    }

    @Test
    void readyNodeKeepsItsSecretsThroughAnOutageOfEtcd() {
        node.acceptPin(Pin.of("right"));
        secrets.away = true;
        node.follow();
        assertThat(node.state()).isEqualTo(NodeState.CLUSTER_AWAY);
        secrets.away = false;
        node.follow();

        assertThat(node.state()).isEqualTo(NodeState.READY);
        assertThat(hsm.opened).isEqualTo(1);
    }

    @Test
    void nodeThatEndsDoesNotOpenTheHsmAgain() {
        node.acceptPin(Pin.of("right"));
        node.end();
        hsm.close();
        node.follow();

        assertThat(hsm.opened).isEqualTo(1);
    }

    private void awaitOpen() {
        Awaitility.await().atMost(ofSeconds(10)).until(() -> {
            node.follow();
            return node.state() == NodeState.READY;
        });
    }

    private static SharedPin shared(String pin) {
        return new SharedPin(Pin.of(pin), UUID.randomUUID());
    }

    private static SovereignKeysSettings settings() {
        Location files = new Location("file", "/nowhere");
        return new SovereignKeysSettings(new HsmSettings(HsmType.PROTECCIO, null, null, 4, ofSeconds(1), ofSeconds(1),
                ofSeconds(30), ofSeconds(1), 0, ofSeconds(60)), null, null, files, files, files,
                new Location("memory", ""), new EtcdSettings(null, null, null), new AwsSettings(null),
                AuditCopy.BACKGROUND, null, ofSeconds(9), null);
    }

    private static final class ScriptedHsm implements HsmConnection {
        private Status status = Status.CLOSED;
        private @Nullable RuntimeException failure;
        private String keysTrouble = "";
        private boolean pinIncorrect;
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
        public boolean isPinIncorrect() {
            return pinIncorrect;
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

    /** What the nodes share; others' doings are written into its fields. */
    private static final class HeldSecrets implements ClusterSecrets {
        private @Nullable SharedPin pin;
        private boolean away;
        private boolean inUseElsewhere;
        private boolean ready;
        private final List<Boolean> withdrawals = new ArrayList<>();

        @Override
        public boolean isAway() {
            return away;
        }

        @Override
        public boolean answers() {
            return !away;
        }

        @Override
        public Optional<ClientKey> clientKey() {
            return Optional.empty();
        }

        @Override
        public boolean offerClientKey(ClientKey key) {
            return true;
        }

        @Override
        public void keepClientKey(ClientKey key) {}

        @Override
        public Optional<SharedPin> pin() {
            return Optional.ofNullable(pin).map(held -> new SharedPin(held.pin().copy(), held.push()));
        }

        @Override
        public boolean offerPin(SharedPin offered) {
            if (pin == null) {
                pin = new SharedPin(offered.pin().copy(), offered.push());
            }
            return pin.push().equals(offered.push());
        }

        @Override
        public boolean withdrawPin(UUID push, boolean incorrect) {
            withdrawals.add(incorrect);
            if (!incorrect || inUseElsewhere) {
                return false;
            }
            pin = null;
            return true;
        }

        @Override
        public void tellReady(boolean isReady) {
            ready = isReady;
        }
    }
}
