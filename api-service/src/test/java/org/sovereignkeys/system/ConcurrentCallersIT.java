/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Many callers on few sessions. */
class ConcurrentCallersIT {
    private static final int CALLERS = 200;

    @TempDir
    Path folder;

    @Test
    void twoHundredCallersOnEightSessionsGetTheirOwnSecretsWithoutError() throws Exception {
        ServiceHome home = ServiceHome.make(folder, "cloudhsm");
        try (ServiceProcess service = ServiceProcess.ready(home, "--sovereign-keys.hsm.sessions=8",
                "--sovereign-keys.hsm.session-wait=20s", "--sovereign-keys.hsm.call-timeout=20s",
                "--sovereign-keys.call-timeout=28s");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> secrets = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String vpc = i % 2 == 0 ? ServiceHome.VPC : ServiceHome.OTHER_VPC;
                String volume = "volume-" + i;
                secrets.add(callers.submit(() -> useVolume(Instance.of(service, vpc), volume)));
            }
            Set<String> distinct = new HashSet<>();
            for (Future<String> secret : secrets) {
                distinct.add(secret.get());
            }

            assertThat(distinct).hasSize(CALLERS);
            AuditFolder log = new AuditFolder(home.logFolder());
            assertThat(log.entries(ServiceHome.VPC)).hasSize(CALLERS / 2 * 3);
            assertThat(log.entries(ServiceHome.OTHER_VPC)).hasSize(CALLERS / 2 * 3);
        }
    }

    private static String useVolume(Instance instance, String volume) {
        Answer generated = instance.generate(volume);
        assertThat(generated.status()).as(generated.body()).isEqualTo(200);
        String secret = Instance.open(generated.text("wrapped_secret"));
        for (int i = 0; i < 2; i++) {
            Answer decrypted = instance.decrypt(volume, generated.text("encrypted_secret"));
            assertThat(decrypted.status()).as(decrypted.body()).isEqualTo(200);
            assertThat(Instance.open(decrypted.text("wrapped_secret"))).isEqualTo(secret);
        }
        return secret;
    }
}
