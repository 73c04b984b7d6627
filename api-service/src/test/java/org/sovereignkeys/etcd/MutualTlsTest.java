/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.certificate.KeyPairCheck;
import org.sovereignkeys.configuration.EtcdSettings;
import org.sovereignkeys.configuration.InvalidSettingException;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Who is let in, and whom a node believes: on a real etcd. */
class MutualTlsTest {
    private static final String ADDRESS = "127.0.0.1";

    @TempDir
    static Path folder;

    private static CertificateAuthority ours;
    private static CertificateAuthority others;
    private static EtcdSettings node;
    private static EtcdServer server;

    @BeforeAll
    static void start() {
        ours = CertificateAuthority.in(folder, "ours");
        others = CertificateAuthority.in(folder, "others");
        node = ours.issue("node");
        server = EtcdServer.start(ours.issue("member", ADDRESS));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void nodeWithACertificateOfTheAuthorityIsServed() {
        // The first call of a process may take longer than a call is given.
        Awaitility.await()
            .untilAsserted(() -> assertThatCode(() -> ask(server.endpoint(), new MutualTls(node)))
                .doesNotThrowAnyException());
    }

    @Test
    void memberAtAnAddressOfIpv6IsBelievedAsOthersAre() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        assumeTrue(Files.exists(addresses)
                && Files.readString(addresses).contains("00000000000000000000000000000001 "), "IPv6 on the loopback");
        try (EtcdServer six = EtcdServer.start("[::1]", ours.issue("six", "::1"));
                EtcdServer misnamed = EtcdServer.start("[::1]", ours.issue("misnamed", "::2"))) {
            Awaitility.await()
                .untilAsserted(() -> assertThatCode(() -> ask(six.endpoint(), new MutualTls(node)))
                    .doesNotThrowAnyException());
            assertRefused(misnamed.endpoint(), new MutualTls(node));
        }
    }

    @Test
    void strangerWithoutCertificateIsRefused() {
        assertRefused(server.endpoint(), builder -> {
            try {
                builder.sslContext(GrpcSslContexts.forClient().trustManager(ours.certificate().toFile()).build());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void strangerOverPlainHttpIsRefused() {
        assertRefused(server.endpoint(), _ -> {});
    }

    @Test
    void strangerOfAnotherAuthorityIsRefused() {
        EtcdSettings stranger = others.issue("stranger");
        assertRefused(server.endpoint(),
                new MutualTls(new EtcdSettings(ours.certificate(), stranger.certificate(), stranger.key())));
    }

    @Test
    void serverOfAnotherAuthorityIsNotBelieved() {
        assertRefused(server.endpoint(),
                new MutualTls(new EtcdSettings(others.certificate(), node.certificate(), node.key())));
    }

    @Test
    void serverWithAnotherNameIsNotBelieved() {
        try (EtcdServer elsewhere = EtcdServer.start(ours.issue("elsewhere", "elsewhere.example", "127.0.0.2"))) {
            assertRefused(elsewhere.endpoint(), new MutualTls(node));
        }
    }

    @Test
    void nameOfTheHostIsComparedWhereTheSettingHasAName() {
        URI byName = URI.create("https://localhost:" + server.endpoint().getPort());
        assertRefused(byName, new MutualTls(node));
    }

    @Test
    void renewedFilesAreUsedWithoutARestart() throws IOException {
        EtcdSettings stranger = others.issue("outdated");
        EtcdSettings files = new EtcdSettings(ours.certificate(), folder.resolve("node.crt"),
                folder.resolve("node.key"));
        copy(stranger, files);
        try (EtcdConnection connection = new EtcdConnection(List.of(server.endpoint()), new MutualTls(files))) {
            assertThatThrownBy(() -> ask(connection)).isInstanceOf(EtcdUnavailableException.class);
            copy(node, files);

            Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(
                        () -> assertThatCode(() -> ask(connection)).doesNotThrowAnyException());
        }
    }

    @Test
    void renewedFilesAreShownAtTheNextHandshakeOfTheSameClient() throws Exception {
        EtcdSettings files = new EtcdSettings(ours.certificate(), folder.resolve("renewed.crt"),
                folder.resolve("renewed.key"));
        copy(others.issue("refused"), files);
        ClientBuilder builder = Client.builder()
            .endpoints(server.endpoint())
            .waitForReady(false)
            .retryMaxAttempts(0);
        new MutualTls(files).accept(builder);
        try (Client client = builder.build()) {
            assertThatThrownBy(() -> ask(client)).isInstanceOf(ExecutionException.class);
            Files.writeString(folder.resolve("renewed.crt"), "half a file");
            assertThatThrownBy(() -> ask(client)).isInstanceOf(ExecutionException.class);
            copy(node, files);

            Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThatCode(() -> ask(client)).doesNotThrowAnyException());
        }
    }

    @Test
    void aHandshakeHasChainAndKeyOfOneReadingThoughTheFilesAreRenewedMeanwhile() throws IOException {
        Path certificate = folder.resolve("snapshot.crt");
        Path key = folder.resolve("snapshot.key");
        EtcdSettings files = new EtcdSettings(ours.certificate(), certificate, key);
        copy(node, files);
        RenewedIdentity identity = new RenewedIdentity(certificate, key);
        String first = alias(identity);
        PrivateKey firstKey = identity.getPrivateKey(first);
        copy(ours.issue("after"), files);
        String second = alias(identity);

        assertThat(identity.getPrivateKey(first)).isEqualTo(firstKey);
        assertThat(belongTogether(identity, first)).isTrue();
        assertThat(identity.getPrivateKey(second)).isNotEqualTo(firstKey);
        assertThat(belongTogether(identity, second)).isTrue();
        assertThat(alias(identity)).as("while nothing changes").isEqualTo(second);
        assertThat(identity.getPrivateKey(first)).isEqualTo(firstKey);
    }

    private static String alias(RenewedIdentity identity) {
        return Objects.requireNonNull(identity.chooseEngineClientAlias(new String[]{"EC"}, null, null));
    }

    private static boolean belongTogether(RenewedIdentity identity, String alias) {
        return KeyPairCheck.belongTogether(identity.getPrivateKey(alias),
                identity.getCertificateChain(alias)[0].getPublicKey());
    }

    private static void ask(Client client) throws Exception {
        client.getKVClient().get(ByteSequence.from("a-key", US_ASCII)).get(10, TimeUnit.SECONDS);
    }

    @Test
    void filesThatCannotBeUsedAreNamed() {
        assertInvalid(new EtcdSettings(null, node.certificate(), node.key()), "sovereign-keys.etcd.ca: is not set");
        assertInvalid(new EtcdSettings(node.ca(), null, node.key()), "sovereign-keys.etcd.certificate: is not set");
        assertInvalid(new EtcdSettings(node.ca(), node.certificate(), null), "sovereign-keys.etcd.key: is not set");
        assertInvalid(new EtcdSettings(folder.resolve("absent"), node.certificate(), node.key()),
                "sovereign-keys.etcd.ca: " + folder.resolve("absent") + " cannot be read as certificates");
        assertInvalid(new EtcdSettings(node.ca(), node.key(), node.key()), "sovereign-keys.etcd.certificate: ");
        assertInvalid(new EtcdSettings(node.ca(), node.certificate(), node.certificate()),
                "is not a private key in PKCS #8");
        assertInvalid(new EtcdSettings(node.ca(), node.certificate(), others.issue("other").key()),
                "does not belong to the certificate");
    }

    @Test
    void plainHttpIsForTheSandboxAlone() {
        EtcdSettings none = new EtcdSettings(null, null, null);
        EtcdEndpoints plain = EtcdEndpoints.of("http://127.0.0.1:2379");

        assertThatThrownBy(() -> EtcdConfiguration.security(plain, none, false))
            .isInstanceOf(InvalidSettingException.class)
            .hasMessageContaining("sovereign-keys.cluster: etcd would get the PIN over http")
            .hasMessageContaining("set etcd.ca, etcd.certificate and etcd.key");
        assertThatCode(() -> EtcdConfiguration.security(plain, none, true)).doesNotThrowAnyException();
    }

    private static void assertInvalid(EtcdSettings settings, String message) {
        assertThatThrownBy(() -> new MutualTls(settings)).isInstanceOf(InvalidSettingException.class)
            .hasMessageContaining(message);
    }

    private static void assertRefused(URI endpoint, Consumer<ClientBuilder> security) {
        assertThatThrownBy(() -> ask(endpoint, security)).isInstanceOf(EtcdUnavailableException.class);
    }

    private static void ask(URI endpoint, Consumer<ClientBuilder> security) {
        try (EtcdConnection connection = new EtcdConnection(List.of(endpoint), security)) {
            ask(connection);
        }
    }

    private static void ask(EtcdConnection connection) {
        connection.call(client -> client.getKVClient().get(ByteSequence.from("a-key", US_ASCII)));
    }

    private static void copy(EtcdSettings from, EtcdSettings to) throws IOException {
        copy(from.certificate(), to.certificate());
        copy(from.key(), to.key());
    }

    private static void copy(@Nullable Path from, @Nullable Path to) throws IOException {
        if (from != null && to != null) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
