/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** openssl takes what we sign, every time: a DER integer that is not minimal would show about once in 260. */
class SignaturesIT {
    private static final int CALLS = 1000;

    @TempDir
    Path folder;

    @Test
    void opensslAcceptsTwoThousandSignaturesInARow() throws IOException {
        try (ServiceProcess service = ServiceProcess.ready(ServiceHome.make(folder, "proteccio"))) {
            Instance instance = Instance.of(service, ServiceHome.VPC);
            Path signatures = Files.createDirectories(folder.resolve("signatures"));
            for (int i = 0; i < CALLS; i++) {
                Answer generated = instance.generate("volume-" + i);
                for (String name : new String[]{"encrypted_secret", "wrapped_secret"}) {
                    Path file = signatures.resolve(i + "-" + name + ".bin");
                    Files.write(file, Base64.getDecoder().decode(generated.text(name)));
                    Files.write(signatures.resolve(i + "-" + name + ".sig"),
                            Base64.getDecoder().decode(generated.text(name + "_signature")));
                }
            }
            Files.writeString(folder.resolve("key.pem"), "-----BEGIN PUBLIC KEY-----\n"
                    + instance.get("/v1/public-signing-key").text("public_key") + "\n-----END PUBLIC KEY-----\n");

            String verified = service.home().run("bash", "-c", """
                    set -euo pipefail
                    for file in signatures/*.bin; do
                      openssl dgst -sha256 -verify key.pem -signature "${file%.bin}.sig" "$file"
                    done | sort | uniq -c""");

            assertThat(verified.strip()).isEqualTo(2 * CALLS + " Verified OK");
        }
    }
}
