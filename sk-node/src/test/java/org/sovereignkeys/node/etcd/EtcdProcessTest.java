/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.store.RamStore;

import static org.assertj.core.api.Assertions.assertThat;

/** How etcd is called, by a program in its place that writes that down; what etcd makes of it is in MembershipIT. */
class EtcdProcessTest {
    private static final Subject SELF = new Subject("i-b", "10.0.0.2");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;
    @SuppressWarnings("NullAway.Init") // JUnit has it set
    private RamStore store;
    @SuppressWarnings("NullAway.Init") // JUnit has it set
    private EtcdProcess etcd;

    @BeforeEach
    void putProgramInPlace() throws IOException {
        Path program = Files.writeString(folder.resolve("etcd"), """
                #!/bin/sh
                printf '%%s\\n' "$@" >'%1$s/draft' && mv '%1$s/draft' '%1$s/arguments'
                while :; do sleep 0.1; done
                """.formatted(folder));
        program.toFile().setExecutable(true);
        store = new RamStore(folder.resolve("store"), true);
        etcd = new EtcdProcess(program.toString(), store, SELF);
    }

    @AfterEach
    void stop() {
        etcd.stop();
    }

    /** etcd takes the files of authorities alone for that, too; later ones may not. */
    @Test
    void bothPortsDemandACertificateOfTheAuthorityAndShowOne() {
        etcd.start();
        String authority = store.path("authority.pem").toString();
        String certificate = store.path("certificate.pem").toString();
        String key = store.path("key.pem").toString();
        assertThat(arguments()).contains("--client-cert-auth", "--trusted-ca-file=" + authority,
                "--cert-file=" + certificate, "--key-file=" + key)
            .contains("--peer-client-cert-auth", "--peer-trusted-ca-file=" + authority,
                    "--peer-cert-file=" + certificate, "--peer-key-file=" + key)
            .contains("--listen-client-urls=https://10.0.0.2:2379,https://127.0.0.1:2379",
                    "--listen-peer-urls=https://10.0.0.2:2380")
            .noneMatch(argument -> argument.contains("http://") || argument.contains("0.0.0.0"));
    }

    @Test
    void eachClusterThatIsFoundedHasANameOfItsOwn() {
        etcd.found();
        List<String> first = arguments();
        assertThat(first).contains("--initial-cluster-state=new", "--initial-cluster=i-b=https://10.0.0.2:2380");
        etcd.found();
        assertThat(token(arguments())).isNotEqualTo(token(first));
    }

    @Test
    void whoJoinsGivesAllMembersAndBeginsWithoutData() throws IOException {
        Files.createDirectories(store.path("etcd/member/wal"));
        assertThat(etcd.hasData()).isTrue();
        etcd.join(new Members(7, List.of(new Members.Entry(1, "i-a", "10.0.0.1", false),
                new Members.Entry(2, "", "10.0.0.2", true), new Members.Entry(3, "", "10.0.0.3", false))));
        assertThat(arguments()).contains("--initial-cluster-state=existing",
                "--initial-cluster=i-a=https://10.0.0.1:2380,i-b=https://10.0.0.2:2380,at-10.0.0.3=https://10.0.0.3:2380");
        assertThat(etcd.hasData()).isFalse();
    }

    @Test
    void dataThatAreThereAreUsedAndOthersThrownOutOnlyOnCommand() throws IOException {
        Files.createDirectories(store.path("etcd/member/wal"));
        etcd.start();
        assertThat(arguments()).noneMatch(argument -> argument.startsWith("--initial-cluster"))
            .doesNotContain("--force-new-cluster");
        etcd.startAlone();
        assertThat(arguments()).contains("--force-new-cluster");
        assertThat(etcd.hasData()).isTrue();
    }

    @Test
    void whatAnEarlierProcessLeftIsEnded() {
        etcd.start();
        arguments();
        new EtcdProcess(folder.resolve("etcd").toString(), store, SELF);
        Awaitility.await().atMost(PATIENCE).until(() -> !etcd.isRunning());
    }

    /** Of the last start. */
    private List<String> arguments() {
        Path told = folder.resolve("arguments");
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(told));
        try {
            List<String> arguments = Files.readAllLines(told);
            Files.delete(told);
            return arguments;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String token(List<String> arguments) {
        return arguments.stream()
            .filter(argument -> argument.startsWith("--initial-cluster-token="))
            .findFirst()
            .orElseThrow();
    }
}
