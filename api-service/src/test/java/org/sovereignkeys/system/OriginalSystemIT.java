/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What the original system sealed opens here: its token, its customer key, its volume, its log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginalSystemIT {
    private static final Path VECTORS = Path.of("../docs/formats/vectors/original");
    private static final String VOLUME = "39331fb1-f6b0-4a1f-b873-3490d3f1e491";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path folder;

    private ServiceProcess service;
    private Instance owner;

    @BeforeAll
    void startOnACopyOfItsTokenAndStores() throws IOException {
        ServiceHome home = ServiceHome.make(folder, "proteccio", "12345678");
        Files.createDirectories(home.token());
        for (String file : List.of("cert9.db", "key4.db")) {
            Files.copy(VECTORS.resolve("nssdb").resolve(file), home.token().resolve(file));
        }
        Files.copy(VECTORS.resolve("customer.ekt"), home.ektFolder().resolve("ekt-" + ServiceHome.VPC + ".ekt"));
        Path log = Files.createDirectories(home.logFolder().resolve(ServiceHome.VPC));
        for (int i = 1; i <= 5; i++) {
            Files.copy(VECTORS.resolve("audit/00000000" + i + ".json"), log.resolve("00000000" + i + ".json"));
        }
        service = ServiceProcess.ready(home);
        owner = new Instance(service, ServiceHome.VPC, "i-0c4f345c91e5cd4a2", "10.42.0.41");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void itsVolumeIsDecrypted() throws IOException {
        Answer answer = owner.decrypt(VOLUME, text("generate-secret.answer.json", "encrypted_secret"));

        assertThat(sha256(Instance.open(answer.text("wrapped_secret")))).isEqualTo(expectedSha256());
    }

    @Test
    void itsConvertedVolumeIsDecrypted() throws IOException {
        Instance heir = new Instance(service, ServiceHome.VPC, "i-0aaaaaaaaaaaaaaa1", "10.42.0.41");

        Answer answer = heir.decrypt(VOLUME, text("convert-secret.answer.json", "encrypted_secret"));

        assertThat(sha256(Instance.open(answer.text("wrapped_secret")))).isEqualTo(expectedSha256());
    }

    @Test
    void itsVolumeIsConvertedHere() throws IOException {
        Instance heir = new Instance(service, ServiceHome.VPC, "i-0aaaaaaaaaaaaaaa2", "10.42.0.41");

        Answer converted = heir.convert(VOLUME, text("generate-secret.answer.json", "encrypted_secret"), owner.id());

        assertThat(
                sha256(Instance.open(heir.decrypt(VOLUME, converted.text("encrypted_secret")).text("wrapped_secret"))))
            .isEqualTo(expectedSha256());
    }

    @Test
    void itsSigningKeyIsTheSame() throws IOException {
        String pem = Files.readString(VECTORS.resolve("api_public_key.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");

        assertThat(owner.get("/v1/public-signing-key").text("public_key")).isEqualTo(pem);
    }

    @Test
    void itsLogIsContinuedAndVerifiesFromTheFirstEntryToTheLast() {
        owner.generate("volume-of-ours");
        var key = owner.signingKey();

        List<JsonNode> entries = new AuditFolder(service.home().logFolder()).entries(ServiceHome.VPC);

        assertThat(entries).hasSizeGreaterThan(5).allMatch(entry -> AuditFolder.verifies(key, entry));
    }

    private static String text(String file, String member) throws IOException {
        return JSON.readTree(Files.readString(VECTORS.resolve(file))).get(member).stringValue();
    }

    private static String expectedSha256() throws IOException {
        return Files.readString(VECTORS.resolve("secret.sha256")).strip();
    }

    private static String sha256(String base64) {
        try {
            return java.util.HexFormat.of()
                .formatHex(
                        java.security.MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(base64)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
