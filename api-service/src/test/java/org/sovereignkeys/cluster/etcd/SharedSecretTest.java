/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdServer;
import org.sovereignkeys.etcd.EtcdUnavailableException;
import org.sovereignkeys.hsm.Pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SharedSecretTest {
    private final AtomicReference<byte[]> seen = new AtomicReference<>(new byte[0]);

    @Test
    void bytesOfWhatCannotBeTakenAreWiped() {
        try (EtcdServer server = EtcdServer.start();
                EtcdConnection connection = new EtcdConnection(List.of(server.endpoint()), _ -> {})) {
            SharedKeys etcd = new SharedKeys(connection);
            byte[] value = SecretForm.encode(UUID.randomUUID(), Pin.of("a-pin"));
            Awaitility.await()
                .ignoreException(EtcdUnavailableException.class)
                .until(() -> etcd.create(SharedKeys.PIN, value).isPresent() || etcd.read(SharedKeys.PIN).isPresent());
            SharedSecret<Pin> secret = new SharedSecret<>(SharedKeys.PIN, etcd, this::refuse);

            assertThatThrownBy(() -> secret.follow(1, false)).isInstanceOf(IllegalArgumentException.class);

            assertThat(seen.get()).hasSize("a-pin".length()).containsOnly(0);
        }
    }

    @Test
    void whatALookPutThereMeanwhileCountsAsPut() {
        try (EtcdServer server = EtcdServer.start();
                EtcdConnection connection = new EtcdConnection(List.of(server.endpoint()), _ -> {})) {
            SharedKeys etcd = new SharedKeys(connection);
            Awaitility.await().ignoreException(EtcdUnavailableException.class).until(() -> etcd.look().latest() > 0);
            SharedSecret<Pin> secret = new SharedSecret<>(SharedKeys.PIN, etcd, Pin::ofUtf8);
            SharedSecret<Pin> ofAnotherNode = new SharedSecret<>(SharedKeys.PIN, etcd, Pin::ofUtf8);
            UUID push = UUID.randomUUID();

            secret.keep(Pin.of("a-pin"), push);
            secret.follow(0, true);

            assertThat(secret.create(Pin.of("a-pin"), push)).isTrue();
            assertThat(ofAnotherNode.create(Pin.of("a-pin"), UUID.randomUUID())).isFalse();
        }
    }

    private Pin refuse(byte[] bytes) {
        seen.set(bytes);
        throw new IllegalArgumentException("no PIN");
    }
}
