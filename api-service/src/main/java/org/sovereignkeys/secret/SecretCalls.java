/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.time.Clock;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import org.sovereignkeys.audit.AuditLog;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.FailureReason;
import org.sovereignkeys.customerkey.CustomerKeys;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKey;
import org.sovereignkeys.hsm.GeneratedSecret;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.hsm.WrappedBlob;

/**
 * The three use cases. Each returns, or refuses, only after its entry is stored; where the entry cannot be stored, or the
 * HSM or a store cannot serve, the exception says so and nothing was handed over.
 *
 * <p>All throw {@link BadParametersException}, {@link RecipientKeyRejectedException}, {@link BlobRejectedException} and
 * {@link NoCustomerKeyException} for what the caller did wrong, and what the ports throw.
 */
@Component
public class SecretCalls {
    private static final Logger LOG = LoggerFactory.getLogger(SecretCalls.class);

    private final CustomerKeys customerKeys;
    private final KeyVault vault;
    private final AuditLog log;
    private final Clock clock;
    private final MeterRegistry meters;

    SecretCalls(CustomerKeys customerKeys, KeyVault vault, AuditLog log, Clock clock, MeterRegistry meters) {
        this.customerKeys = customerKeys;
        this.vault = vault;
        this.log = log;
        this.clock = clock;
        this.meters = meters;
    }

    /** Makes the secret of a volume. */
    public GeneratedSecret generate(SecretCall call) {
        return recorded(call, () -> {
            RecipientKey recipient = call.recipientKey();
            CustomerKey key = customerKeys.findOrMake(call.customer());
            return vault.generateSecret(key, call.context().aad(), recipient);
        });
    }

    /** Opens the secret of a volume for its instance. */
    public SignedSecret decrypt(SecretCall call) {
        return recorded(call, () -> {
            RecipientKey recipient = call.recipientKey();
            WrappedBlob encryptedSecret = call.encryptedSecret();
            CustomerKey key = customerKeys.findToOpen(call.customer()).orElseThrow(NoCustomerKeyException::new);
            return vault.decryptSecret(key, call.context().aad(), encryptedSecret, recipient);
        });
    }

    /** Hands the secret of a volume from one instance to another. */
    public SignedBlob convert(SecretCall call) {
        return recorded(call, () -> {
            WrappedBlob encryptedSecret = call.encryptedSecret();
            CustomerKey key = customerKeys.find(call.customer()).orElseThrow(NoCustomerKeyException::new);
            return vault.convertSecret(key, call.sourceContext().aad(), call.context().aad(), encryptedSecret);
        });
    }

    /** Runs a use case, leaves its entry, and measures the whole. */
    private <T> T recorded(SecretCall call, Supplier<T> useCase) {
        Timer.Sample sample = Timer.start(meters);
        String result = "unavailable";
        try {
            T answer = useCaseWithRefusals(call, useCase);
            append(call, null);
            result = "succeeded";
            return answer;
        } catch (BadParametersException | RecipientKeyRejectedException | BlobRejectedException
                | NoCustomerKeyException e) {
            result = "refused";
            throw e;
        } finally {
            sample.stop(meters.timer("sovereign_keys.call", "call", call.operation().callName(), "result", result));
            LOG.info("{}: {}", call, result);
        }
    }

    private <T> T useCaseWithRefusals(SecretCall call, Supplier<T> useCase) {
        try {
            call.requireWellFormed();
            return useCase.get();
        } catch (BadParametersException e) {
            throw refused(call, FailureReason.BAD_PARAMETERS, e);
        } catch (RecipientKeyRejectedException e) {
            throw refused(call, FailureReason.INVALID_RSA_KEY, e);
        } catch (BlobRejectedException e) {
            throw refused(call, FailureReason.WRONG_SECRET_OR_CONTEXT, e);
        } catch (NoCustomerKeyException e) {
            throw refused(call, FailureReason.NO_CUSTOMER_KEY, e);
        }
    }

    private <E extends RuntimeException> E refused(SecretCall call, FailureReason reason, E refusal) {
        append(call, reason);
        return refusal;
    }

    private void append(SecretCall call, @Nullable FailureReason failure) {
        log.append(new CallRecord(call.customer(), call.start(), clock.instant(), call.caller(), call.asRecorded(),
                failure));
    }
}
