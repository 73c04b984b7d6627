/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.Credentials;
import org.sovereignkeys.node.certificate.Identity;
import org.sovereignkeys.node.certificate.LocalAuthorityKey;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.Observation;
import org.sovereignkeys.node.membership.Own;
import org.sovereignkeys.node.store.RamStore;

import static org.assertj.core.api.Assertions.assertThat;

class StatusTest {
    private static final Subject SELF = new Subject("i-a", "10.0.0.1");
    private static final Observation SEEN = new Observation(SELF.instance(), SELF.address(), new Own.Empty(), null,
            Map.of(), null, Set.of(), Set.of(), null, Observation.Steadiness.SETTLED, false);

    private final LocalAuthorityKey key = new LocalAuthorityKey();
    private Credentials credentials;

    @BeforeEach
    void makeCredentials(@TempDir Path folder) throws IOException {
        credentials = new Identity(new RamStore(folder.resolve("node"), true), () -> new Authority(key), SELF,
                Duration.ofDays(1), Instant.now())
            .current();
    }

    @Test
    void itTellsTheFingerprintOfTheAuthorityInGroupsOfFour() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.publicKey().getEncoded());
        String fingerprint = HexFormat.of().formatHex(digest).replaceAll("(.{4})(?!$)", "$1 ");
        Status status = Status.of(SELF, SEEN, "others", credentials);

        assertThat(fingerprint).hasSize(16 * 4 + 15);
        assertThat(status.text().lines()).contains("authority " + fingerprint);
        assertThat(json(status)).contains("\"authority\":\"" + fingerprint + "\"");
    }

    @Test
    void whatGoesAsJsonComesBackAsItWas() {
        Status status = Status.of(SELF, SEEN, null, credentials);
        assertThat(JsonMapper.builder().build().readValue(json(status), Status.class)).isEqualTo(status);
    }

    private static String json(Status status) {
        return JsonMapper.builder().build().writeValueAsString(status);
    }
}
