/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretCallTest {
    private static final Customer CUSTOMER = new Customer(new VpcId("vpc-0b1e8a8e776a87423"),
            "arn:aws:iam::403000000000:role/sovereign", null, null, null);
    private static final String BLOB = "A".repeat(123) + "=";

    @Test
    void wellFormedCallPasses() {
        assertThatCode(() -> decrypt(Map.of()).requireWellFormed()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "i-", "i-0c4f345", "i-0c4f345c91", "i-0C4F345C91E5CD4A2", "i-0c4f345c91e5cd4a2\n",
        "\ni-0c4f345c91e5cd4a2", "i-0c4f345c91e5cd4a2 ", "vpc-0c4f345c91e5cd4a2",
        "i-0c4f345c91e5cd4a2,i-0c4f345c91e5cd4a2"})
    void instanceIdOfAnotherFormIsRefused(String instanceId) {
        assertThatThrownBy(() -> decrypt(Map.of(Parameter.INSTANCE_ID, instanceId)).requireWellFormed())
            .isInstanceOf(BadParametersException.class)
            .hasMessage("instance_id must be i- and 8 or 17 lower-case hex digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a_b", "a\nb", "a\u0000", "ä", "instance_idi-0c4f345c91e5cd4a2=",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void volumeUuidOfAnotherFormIsRefused(String volume) {
        assertThatThrownBy(() -> decrypt(Map.of(Parameter.VOLUME_UUID, volume)).requireWellFormed())
            .isInstanceOf(BadParametersException.class)
            .hasMessage("volume_uuid must be 1 to 64 letters, digits and hyphens");
    }

    @ParameterizedTest
    @CsvSource({"VOLUME_UUID,volume_uuid", "RSA_WRAPPING_KEY,rsa_wrapping_key", "ENCRYPTED_SECRET,encrypted_secret"})
    void missingParameterIsNamed(Parameter missing, String name) {
        assertThatThrownBy(() -> without(missing).requireWellFormed())
            .isInstanceOf(BadParametersException.class)
            .hasMessageStartingWith(name + " is missing or no string; it must be ");
    }

    @Test
    void everyBadParameterIsNamedAtOnce() {
        assertThatThrownBy(() -> decrypt(Map.of(Parameter.INSTANCE_ID, "x", Parameter.VOLUME_UUID, "", //
                Parameter.RSA_WRAPPING_KEY, "-", Parameter.ENCRYPTED_SECRET, "-"))
            .requireWellFormed())
            .hasMessageContainingAll("instance_id", "volume_uuid", "rsa_wrapping_key", "encrypted_secret");
    }

    @Test
    void unreadableBodyIsNamedAloneAndNotItsMissingMembers() {
        SecretCall call = new SecretCall(Operation.DECRYPT_SECRET, CUSTOMER, "10.0.0.1", Instant.EPOCH,
                Map.of(Parameter.INSTANCE_ID, "i-0c4f345c91e5cd4a2"), "the body must be a JSON object");

        assertThatThrownBy(call::requireWellFormed).hasMessage("the body must be a JSON object");
    }

    @Test
    void whatIsNotOfItsFormIsRecordedAsNull() {
        SecretCall call = decrypt(Map.of(Parameter.VOLUME_UUID, "a\nresult=Succeed", Parameter.INSTANCE_ID, "i-evil"));

        Map<String, String> expected = new HashMap<>();
        expected.put("instance_id", null);
        expected.put("volume_uuid", null);
        expected.put("rsa_wrapping_key", "QUJD");
        assertThat(call.asRecorded().parameters()).isEqualTo(expected);
        assertThat(call.caller().instanceId()).isNull();
    }

    @Test
    void encryptedSecretIsNotRecorded() {
        assertThat(decrypt(Map.of()).asRecorded().parameters())
            .containsOnlyKeys("instance_id", "volume_uuid", "rsa_wrapping_key");
    }

    @Test
    void conversionRecordsTheSourceInstance() {
        SecretCall call = new SecretCall(Operation.CONVERT_SECRET, CUSTOMER, "10.0.0.1", Instant.EPOCH,
                Map.of(Parameter.INSTANCE_ID, "i-0c4f345c91e5cd4a2", Parameter.VOLUME_UUID, "v",
                        Parameter.SOURCE_INSTANCE_ID, "i-0aaaaaaaaaaaaaaa1"),
                null);

        assertThat(call.asRecorded().parameters())
            .containsExactly(Map.entry("instance_id", "i-0c4f345c91e5cd4a2"), Map.entry("volume_uuid", "v"),
                    Map.entry("source_instance_id", "i-0aaaaaaaaaaaaaaa1"));
    }

    @Test
    void contextIsTheProtocolsExample() {
        SecretCall call = decrypt(Map.of(Parameter.VOLUME_UUID, "B59FAD1D-46f7-447c-96c8-c2f9408a00ad"));

        assertThat(call.context().aad().text())
            .isEqualTo("AAD:instance_idi-0c4f345c91e5cd4a2volume_uuidb59fad1d-46f7-447c-96c8-c2f9408a00ad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUJD", "AAAA", "AAAAA"})
    void blobThatHasNot92BytesIsNoSecret(String blob) {
        assertThatThrownBy(() -> decrypt(Map.of(Parameter.ENCRYPTED_SECRET, blob)).encryptedSecret())
            .isInstanceOf(BlobRejectedException.class);
    }

    @Test
    void base64ThatIsNotCanonicalIsNoSecret() {
        String notCanonical = "A".repeat(122) + "B=";

        assertThatThrownBy(() -> decrypt(Map.of(Parameter.ENCRYPTED_SECRET, notCanonical)).encryptedSecret())
            .isInstanceOf(BlobRejectedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUJD", "QUJDR"})
    void whatIsNoDerIsNoKey(String key) {
        assertThatThrownBy(() -> decrypt(Map.of(Parameter.RSA_WRAPPING_KEY, key)).recipientKey())
            .isInstanceOf(RecipientKeyRejectedException.class);
    }

    @Test
    void showsNoParameter() {
        assertThat(decrypt(Map.of()).toString()).isEqualTo("decrypt-secret of vpc-0b1e8a8e776a87423");
    }

    private static SecretCall decrypt(Map<Parameter, String> changes) {
        Map<Parameter, String> parameters = wellFormed();
        parameters.putAll(changes);
        return new SecretCall(Operation.DECRYPT_SECRET, CUSTOMER, "10.0.0.1", Instant.EPOCH, parameters, null);
    }

    private static SecretCall without(Parameter missing) {
        Map<Parameter, String> parameters = wellFormed();
        parameters.remove(missing);
        return new SecretCall(Operation.DECRYPT_SECRET, CUSTOMER, "10.0.0.1", Instant.EPOCH, parameters, null);
    }

    private static Map<Parameter, String> wellFormed() {
        return new EnumMap<>(Map.of(Parameter.INSTANCE_ID, "i-0c4f345c91e5cd4a2", Parameter.VOLUME_UUID, "v",
                Parameter.RSA_WRAPPING_KEY, "QUJD", Parameter.ENCRYPTED_SECRET, BLOB));
    }
}
