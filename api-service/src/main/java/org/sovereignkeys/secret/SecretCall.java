/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.audit.Call;
import org.sovereignkeys.audit.Caller;
import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.RecipientKey;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;
import org.sovereignkeys.hsm.WrappedBlob;

/**
 * A call as it came, before anyone looked whether it is right.
 *
 * @param operation what is called
 * @param customer whose VPC it came from
 * @param sourceIp the address that the gateway saw
 * @param start when it came
 * @param parameters the texts that were given; what was no text is not in it
 * @param bodyProblem what is wrong with the body as a whole; null when it could be read
 */
public record SecretCall(Operation operation, Customer customer, String sourceIp, Instant start,
        Map<Parameter, String> parameters, @Nullable String bodyProblem) {

    public SecretCall {
        parameters = Map.copyOf(parameters);
    }

    /** Throws {@link BadParametersException}, naming every parameter that is missing or not of its form. */
    void requireWellFormed() {
        List<String> problems = new ArrayList<>();
        if (bodyProblem != null) {
            problems.add(bodyProblem);
        }
        for (Parameter parameter : Parameter.values()) {
            if (takes(parameter) && !isWellFormed(parameter) && (bodyProblem == null || isFromPath(parameter))) {
                problems.add(parameter.memberName()
                        + (parameters.containsKey(parameter) ? " must be " : " is missing or no string; it must be ")
                        + parameter.wanted());
            }
        }
        if (!problems.isEmpty()) {
            throw new BadParametersException(problems);
        }
    }

    /** What the sealed secret is bound to. */
    SecretContext context() {
        return new SecretContext(text(Parameter.INSTANCE_ID), text(Parameter.VOLUME_UUID));
    }

    /** What the sealed secret was bound to before it is converted. */
    SecretContext sourceContext() {
        return new SecretContext(text(Parameter.SOURCE_INSTANCE_ID), text(Parameter.VOLUME_UUID));
    }

    /** The instance's one-time key; throws {@link RecipientKeyRejectedException} if it is none that we accept. */
    RecipientKey recipientKey() {
        byte[] der = decoded(Parameter.RSA_WRAPPING_KEY);
        if (der.length == 0) {
            throw new RecipientKeyRejectedException("it is not valid base64", null);
        }
        return RecipientKey.ofDer(der);
    }

    /** The sealed secret; throws {@link BlobRejectedException} if it cannot be one. */
    WrappedBlob encryptedSecret() {
        byte[] blob = decoded(Parameter.ENCRYPTED_SECRET);
        if (blob.length != WrappedBlob.SIZE_BYTES) {
            throw new BlobRejectedException("it has not the 92 bytes of a sealed secret", null);
        }
        return new WrappedBlob(blob);
    }

    /** Who called, as the log says it. */
    Caller caller() {
        return new Caller(recorded(Parameter.INSTANCE_ID), sourceIp, customer.accountId().orElse(null));
    }

    /** What was called, as the log says it. */
    Call asRecorded() {
        Map<String, @Nullable String> recorded = new LinkedHashMap<>();
        for (Parameter parameter : operation.recorded()) {
            recorded.put(parameter.memberName(), recorded(parameter));
        }
        return new Call(operation.callName(), recorded);
    }

    private boolean takes(Parameter parameter) {
        return operation.recorded().contains(parameter) || operation.unrecorded().contains(parameter);
    }

    private static boolean isFromPath(Parameter parameter) {
        return parameter == Parameter.INSTANCE_ID;
    }

    private boolean isWellFormed(Parameter parameter) {
        return recorded(parameter) != null;
    }

    private @Nullable String recorded(Parameter parameter) {
        String text = parameters.get(parameter);
        return text != null && parameter.accepts(text) ? text : null;
    }

    private String text(Parameter parameter) {
        String text = recorded(parameter);
        if (text == null) {
            throw new IllegalStateException(parameter + " was not checked");
        }
        return text;
    }

    /** The bytes behind a text in canonical base64; none when it is not canonical. */
    private byte[] decoded(Parameter parameter) {
        String text = text(parameter);
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : new byte[0];
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    @Override
    public String toString() {
        return operation.callName() + " of " + customer.vpcId();
    }
}
