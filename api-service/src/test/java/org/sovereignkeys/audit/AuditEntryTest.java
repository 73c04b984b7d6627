/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.hsm.Signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AuditEntryTest {
    private static final Signature SIGNATURE = new Signature(new byte[]{0x30, 0x06, 0x02, 0x01, 1, 0x02, 0x01, 2});

    @ParameterizedTest
    @MethodSource("org.sovereignkeys.audit.Entries#original")
    void anEntryOfTheOriginalIsWrittenAsItWasRead(Path file) {
        byte[] stored = Entries.bytes(file);
        AuditEntry entry = AuditEntry.ofJson(stored);

        assertThat(entry.toJson(entry.signatureIn(stored).orElseThrow())).isEqualTo(stored);
    }

    @ParameterizedTest
    @MethodSource("org.sovereignkeys.audit.Entries#original")
    void theSignatureOfTheOriginalVerifiesOverOurSignedText(Path file) throws Exception {
        byte[] stored = Entries.bytes(file);
        AuditEntry entry = AuditEntry.ofJson(stored);
        java.security.Signature verifier = java.security.Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(originalKey());
        verifier.update(entry.signedText());

        assertThat(verifier.verify(entry.signatureIn(stored).orElseThrow().bytes())).isTrue();
    }

    @ParameterizedTest
    @MethodSource("org.sovereignkeys.audit.Entries#original")
    void theIndependentVerifierAcceptsTheOriginal(Path file) throws Exception {
        assertThat(IndependentVerifier.verifies(originalKey(), Entries.bytes(file))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad-parameters", "filler", "succeed"})
    void anEntryOfTheVectorsIsWrittenAsItWasRead(String name) {
        byte[] stored = Entries.bytes(Entries.SIGNED_TEXT.resolve(name + ".json"));
        AuditEntry entry = AuditEntry.ofJson(stored);

        assertThat(entry.toJson(entry.signatureIn(stored).orElseThrow())).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad-parameters", "filler", "succeed"})
    void theSignedTextIsTheOneOfTheVectors(String name) {
        AuditEntry entry = AuditEntry.ofJson(Entries.bytes(Entries.SIGNED_TEXT.resolve(name + ".json")));

        assertThat(entry.signedText()).isEqualTo(Entries.bytes(Entries.SIGNED_TEXT.resolve(name + ".txt")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad-parameters", "filler", "succeed"})
    void theIndependentVerifierAcceptsTheVectors(String name) throws Exception {
        PublicKey key = key(Entries.SIGNED_TEXT.resolve("test_public_key.pem"));

        assertThat(IndependentVerifier.verifies(key, Entries.bytes(Entries.SIGNED_TEXT.resolve(name + ".json"))))
            .isTrue();
    }

    @Test
    void theSignedTextIsWhatAVerifierMakesOfTheStoredEntry() {
        AuditEntry entry = new AuditEntry(7, Entries.call(Entries.VPC, "ABCDEF-01"));

        assertThat(new String(entry.signedText(), StandardCharsets.UTF_8))
            .isEqualTo(IndependentVerifier.signedText(entry.toJson(SIGNATURE)));
    }

    @Test
    void theSignedTextIsSortedAndInLowerCase() {
        AuditEntry entry = new AuditEntry(20, Entries.call(Entries.VPC, "B59FAD1D"));

        assertThat(new String(entry.signedText(), StandardCharsets.UTF_8)).isEqualTo("""
                call.name=decrypt-secret
                call.parameters.instance_id=i-0c4f345c91e5cd4a2
                call.parameters.rsa_wrapping_key=
                call.parameters.volume_uuid=b59fad1d
                caller.aws_account_id=123456789012
                caller.id=i-0c4f345c91e5cd4a2
                caller.ip=10.42.0.41
                caller.type=instance
                event_version=1
                failure_reason=bad parameters
                op_end=2026-01-02t03:04:06.000000z
                op_start=2026-01-02t03:04:05.678901z
                result=failed
                vpc_id=vpc-0b1e8a8e776a87423
                vpc_op_seq_num=20""");
    }

    @Test
    void aFillerSaysNothingButThatItsEntryWasLost() {
        AuditEntry filler = new AuditEntry(3,
                CallRecord.lostInFlight(Entries.VPC, Instant.parse("2026-01-02T03:04:05Z")));

        assertThat(new String(filler.toJson(), StandardCharsets.US_ASCII)).isEqualTo(
                "{\"event_version\": 1, \"vpc_op_seq_num\": 3, \"vpc_id\": \"vpc-0b1e8a8e776a87423\", \"op_start\": null, "
                        + "\"op_end\": \"2026-01-02T03:04:05.000000Z\", \"caller\": {\"type\": null, \"id\": null, "
                        + "\"ip\": null, \"aws_account_id\": null}, \"call\": {\"name\": null, \"parameters\": null}, "
                        + "\"result\": \"Failed\", \"failure_reason\": \"Entry lost in flight\"}");
    }

    @Test
    void anUnsignedEntryOnRecordReadsBackAsItself() {
        AuditEntry entry = new AuditEntry(9, Entries.call(Entries.VPC, "a-volume"));

        assertThat(AuditEntry.ofJson(entry.toJson())).isEqualTo(entry);
    }

    @Test
    void aFillerReadsBackAsItself() {
        AuditEntry filler = new AuditEntry(9, CallRecord.lostInFlight(Entries.VPC, Instant.EPOCH));

        assertThat(AuditEntry.ofJson(filler.toJson(SIGNATURE))).isEqualTo(filler);
    }

    @Test
    void quotesAndBackslashesAreEscaped() {
        AuditEntry entry = new AuditEntry(1, Entries.call(Entries.VPC, "a\"b\\c"));

        assertThat(IndependentVerifier.signedText(entry.toJson())).contains("volume_uuid=a\"b\\c");
    }

    @Test
    void whatIsStoredUnderAnotherNumberIsAnotherEntry() {
        AuditEntry entry = new AuditEntry(1, Entries.call(Entries.VPC, "a-volume"));

        assertThat(entry.signatureIn(entry.withNumber(2).toJson(SIGNATURE))).isEmpty();
    }

    @Test
    void aByteBehindAStoredEntryMakesItAnother() {
        AuditEntry entry = new AuditEntry(1, Entries.call(Entries.VPC, "a-volume"));
        byte[] stored = (new String(entry.toJson(SIGNATURE), StandardCharsets.US_ASCII) + "\n")
            .getBytes(StandardCharsets.US_ASCII);

        assertThat(entry.signatureIn(stored)).isEmpty();
    }

    @Test
    void aSignatureThatIsNotBase64MakesItAnother() {
        AuditEntry entry = new AuditEntry(1, Entries.call(Entries.VPC, "a-volume"));
        byte[] stored = new String(entry.toJson(SIGNATURE), StandardCharsets.US_ASCII).replace("MAYC", "M!YC")
            .getBytes(StandardCharsets.US_ASCII);

        assertThat(entry.signatureIn(stored)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"line\nbreak", "caf\u00e9", "\u0000", "\u007f"})
    void aTextThatCouldBeReadTwoWaysIsRefused(String volume) {
        CallRecord call = Entries.call(Entries.VPC, volume);

        assertThatIllegalArgumentException().isThrownBy(() -> new AuditEntry(1, call));
    }

    @Test
    void aParameterNameThatCouldBeReadTwoWaysIsRefused() {
        Map<String, @Nullable String> parameters = new LinkedHashMap<>(Map.of("a=b\nc", "d"));
        CallRecord call = new CallRecord(Entries.VPC, Instant.EPOCH, Instant.EPOCH, new Caller(null, null, null),
                Entries.decrypt(parameters), null);

        assertThatIllegalArgumentException().isThrownBy(() -> new AuditEntry(1, call));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "nonsense", "{\"event_version\": 1}"})
    void whatIsNoEntryIsNotRead(String json) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> AuditEntry.ofJson(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1, \"vpc_op_|1,\"vpc_op_", "event_version\": 1|event_version\": 2", "INSTANCE|USER",
        "\"result\": \"Failed\"|\"result\": \"Succeed\"", "Bad parameters|Bad weather", "6.000000Z|6Z",
        "\"result\"|\"more\": 1, \"result\"", "\"result\"|\"vpc_op_seq_num\": 1, \"result\"",
        "\"vpc_op_seq_num\": 1|\"vpc_op_seq_num\": \"1\"", "\"parameters\": {|\"parameters\": {\"deep\": {}, "})
    void anEntryInAnotherFormIsNotRead(String change) {
        String json = new String(new AuditEntry(1, Entries.call(Entries.VPC, "a-volume")).toJson(SIGNATURE),
                StandardCharsets.US_ASCII);
        String changed = json.replace(change.substring(0, change.indexOf('|')),
                change.substring(change.indexOf('|') + 1));

        assertThat(changed).isNotEqualTo(json);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> AuditEntry.ofJson(changed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static PublicKey originalKey() throws Exception {
        return key(Entries.ORIGINAL.resolve("api_public_key.pem"));
    }

    private static PublicKey key(Path file) throws Exception {
        String pem = Files.readString(file);
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
    }
}
