/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.FailureReason;
import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.customerkey.CustomerKeysFixture;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKeyRejectedException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;
import org.sovereignkeys.hsm.StubKeyVault;
import org.sovereignkeys.hsm.WrappedBlob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretCallsTest {
    private static final Customer CUSTOMER = new Customer(new VpcId("vpc-0b1e8a8e776a87423"),
            "arn:aws:iam::403000000000:role/sovereign", "ekt-one", null, null);
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123456Z");

    private final List<CallRecord> entries = new ArrayList<>();
    private final Map<String, WrappedBlob> tokens = new HashMap<>();
    private StubKeyVault vault = new StubKeyVault();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private boolean logIsFull;

    @Test
    void answerLeavesAfterItsEntry() {
        calls().generate(call(Operation.GENERATE_SECRET));

        assertThat(entries).singleElement().satisfies(entry -> {
            assertThat(entry.vpcId()).isEqualTo(CUSTOMER.vpcId());
            assertThat(entry.failureReason()).isEmpty();
            assertThat(entry.start()).isEqualTo(Instant.EPOCH);
            assertThat(entry.end()).isEqualTo(NOW);
            assertThat(entry.call().name()).isEqualTo("generate-secret");
            assertThat(entry.caller().awsAccountId()).isEqualTo("403000000000");
        });
    }

    @Test
    void nothingIsAnsweredWhenTheEntryCannotBeStored() {
        logIsFull = true;

        assertThatThrownBy(() -> calls().generate(call(Operation.GENERATE_SECRET)))
            .isInstanceOf(AuditUnavailableException.class);
    }

    @Test
    void refusalIsNotToldWhenItsEntryCannotBeStored() {
        logIsFull = true;

        assertThatThrownBy(() -> calls().decrypt(call(Operation.DECRYPT_SECRET)))
            .isInstanceOf(AuditUnavailableException.class);
    }

    @Test
    void firstSecretMakesTheCustomersKeyUnderItsName() {
        calls().generate(call(Operation.GENERATE_SECRET));

        assertThat(tokens).containsOnlyKeys("ekt-one");
    }

    @Test
    void decryptingWithoutCustomerKeyIsRefusedAndRecorded() {
        assertThatThrownBy(() -> calls().decrypt(call(Operation.DECRYPT_SECRET)))
            .isInstanceOf(NoCustomerKeyException.class);
        assertThat(tokens).isEmpty();
        assertThat(reasons()).containsExactly(FailureReason.NO_CUSTOMER_KEY);
    }

    @Test
    void convertingWithoutCustomerKeyIsRefusedAndRecorded() {
        assertThatThrownBy(() -> calls().convert(call(Operation.CONVERT_SECRET)))
            .isInstanceOf(NoCustomerKeyException.class);
        assertThat(reasons()).containsExactly(FailureReason.NO_CUSTOMER_KEY);
    }

    @Test
    void badParametersAreRecordedAndNeverReachTheHsm() {
        SecretCall bad = new SecretCall(Operation.GENERATE_SECRET, CUSTOMER, "10.0.0.1", Instant.EPOCH, Map.of(), null);

        assertThatThrownBy(() -> calls().generate(bad)).isInstanceOf(BadParametersException.class);
        assertThat(reasons()).containsExactly(FailureReason.BAD_PARAMETERS);
        assertThat(vault.calls()).isEmpty();
        assertThat(tokens).isEmpty();
    }

    @Test
    void badRsaKeyIsRecordedAndMakesNoCustomerKey() {
        Map<Parameter, String> parameters = new HashMap<>(call(Operation.GENERATE_SECRET).parameters());
        parameters.put(Parameter.RSA_WRAPPING_KEY, "QUJD");
        SecretCall bad = new SecretCall(Operation.GENERATE_SECRET, CUSTOMER, "10.0.0.1", Instant.EPOCH, parameters,
                null);

        assertThatThrownBy(() -> calls().generate(bad)).isInstanceOf(RecipientKeyRejectedException.class);
        assertThat(reasons()).containsExactly(FailureReason.INVALID_RSA_KEY);
        assertThat(vault.calls()).isEmpty();
        assertThat(tokens).isEmpty();
    }

    @Test
    void secretThatDoesNotOpenIsRecorded() {
        calls().generate(call(Operation.GENERATE_SECRET));
        entries.clear();
        vault = StubKeyVault.failing(new BlobRejectedException("tag", null));

        assertThatThrownBy(() -> calls().decrypt(call(Operation.DECRYPT_SECRET)))
            .isInstanceOf(BlobRejectedException.class);
        assertThat(reasons()).containsExactly(FailureReason.WRONG_SECRET_OR_CONTEXT);
    }

    @Test
    void hsmThatIsAwayLeavesNoEntry() {
        vault = StubKeyVault.failing(new HsmUnavailableException("away", null));

        assertThatThrownBy(() -> calls().generate(call(Operation.GENERATE_SECRET)))
            .isInstanceOf(HsmUnavailableException.class);
        assertThat(entries).isEmpty();
    }

    @Test
    void customerKeyThatDoesNotOpenIsNeverBlamedOnTheCaller() {
        calls().generate(call(Operation.GENERATE_SECRET));
        entries.clear();
        vault = StubKeyVault.failing(new CustomerKeyRejectedException("tag", null));

        assertThatThrownBy(() -> calls().decrypt(call(Operation.DECRYPT_SECRET)))
            .isInstanceOf(CustomerKeyRejectedException.class);
        assertThat(entries).isEmpty();
    }

    @Test
    void loserOfTheFirstKeyUsesTheWinners() {
        WrappedBlob winners = new WrappedBlob(new byte[WrappedBlob.SIZE_BYTES]);
        EncryptedKeyTokenStore raced = new EncryptedKeyTokenStore() {
            @Override
            public Optional<WrappedBlob> find(String name) {
                return Optional.empty();
            }

            @Override
            public WrappedBlob putIfAbsent(String name, WrappedBlob token) {
                return winners;
            }

            @Override
            public boolean isEmpty() {
                return true;
            }
        };

        calls(raced, vault).generate(call(Operation.GENERATE_SECRET));

        assertThat(vault.lastCustomerKey().token()).isEqualTo(winners);
    }

    @Test
    void callsAreMeasuredByTheirResult() {
        calls().generate(call(Operation.GENERATE_SECRET));
        logIsFull = true;
        assertThatThrownBy(() -> calls().generate(call(Operation.GENERATE_SECRET))).isNotNull();

        assertThat(meters.get("sovereign_keys.call").tag("result", "succeeded").timer().count()).isEqualTo(1);
        assertThat(meters.get("sovereign_keys.call").tag("result", "unavailable").timer().count()).isEqualTo(1);
    }

    private List<FailureReason> reasons() {
        return entries.stream().map(entry -> entry.failureReason().orElseThrow()).toList();
    }

    private SecretCalls calls() {
        return calls(new EncryptedKeyTokenStore() {
            @Override
            public Optional<WrappedBlob> find(String name) {
                return Optional.ofNullable(tokens.get(name));
            }

            @Override
            public WrappedBlob putIfAbsent(String name, WrappedBlob token) {
                WrappedBlob earlier = tokens.putIfAbsent(name, token);
                return earlier == null ? token : earlier;
            }

            @Override
            public boolean isEmpty() {
                return tokens.isEmpty();
            }
        }, vault);
    }

    private SecretCalls calls(EncryptedKeyTokenStore store, KeyVault keyVault) {
        return new SecretCalls(CustomerKeysFixture.of(store, keyVault), keyVault, entry -> {
            if (logIsFull) {
                throw new AuditUnavailableException("full", null);
            }
            entries.add(entry);
            return entries.size();
        }, Clock.fixed(NOW, ZoneOffset.UTC), meters);
    }

    private static SecretCall call(Operation operation) {
        return new SecretCall(operation, CUSTOMER, "10.0.0.1", Instant.EPOCH,
                Map.of(Parameter.INSTANCE_ID, "i-0c4f345c91e5cd4a2", Parameter.SOURCE_INSTANCE_ID,
                        "i-0aaaaaaaaaaaaaaa1",
                        Parameter.VOLUME_UUID, "v", Parameter.RSA_WRAPPING_KEY, StubKeyVault.RSA_KEY,
                        Parameter.ENCRYPTED_SECRET,
                        "A".repeat(123) + "="),
                null);
    }
}
