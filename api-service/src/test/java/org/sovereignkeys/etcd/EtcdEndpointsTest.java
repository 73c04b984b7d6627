/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.configuration.InvalidSettingException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EtcdEndpointsTest {
    @Test
    void membersWithoutASchemeAreReachedByTls() {
        EtcdEndpoints endpoints = EtcdEndpoints.of("etcd-1.example:2379, https://10.0.0.2:2379");

        assertThat(endpoints.members()).containsExactly(URI.create("https://etcd-1.example:2379"),
                URI.create("https://10.0.0.2:2379"));
        assertThat(endpoints.useTls()).isTrue();
    }

    @Test
    void addressOfIpv6StandsInBrackets() {
        assertThat(EtcdEndpoints.of("[::1]:2379,https://[2001:DB8::2]:2379").members())
            .containsExactly(URI.create("https://[::1]:2379"), URI.create("https://[2001:db8::2]:2379"));
    }

    @Test
    void plainHttpIsToldApart() {
        assertThat(EtcdEndpoints.of("http://127.0.0.1:2379").useTls()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:0", "host:70000", "host:2379,", "host:2379/path", "ftp://host:2379",
        "user@host:2379", "http://a:1,https://b:1", "::1:2379", "[::1]", "[::g]:2379", "host name:2379"})
    void whatIsNoMemberIsRefused(String text) {
        assertThatThrownBy(() -> EtcdEndpoints.of(text)).isInstanceOf(InvalidSettingException.class)
            .hasMessageStartingWith("sovereign-keys.cluster: '");
    }
}
