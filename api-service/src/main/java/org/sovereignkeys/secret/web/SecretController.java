/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret.web;

import java.io.IOException;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import org.sovereignkeys.hsm.GeneratedSecret;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.SignedBlob;
import org.sovereignkeys.hsm.SignedSecret;
import org.sovereignkeys.secret.Operation;
import org.sovereignkeys.secret.Parameter;
import org.sovereignkeys.secret.SecretCall;
import org.sovereignkeys.secret.SecretCalls;
import org.sovereignkeys.web.AccessDeniedException;
import org.sovereignkeys.web.BodyRejectedException;
import org.sovereignkeys.web.CallerIdentity;
import org.sovereignkeys.web.RequestBody;

/** The four calls of instances. Contract: docs/formats/http-api.md. */
@RestController
@RequestMapping("/v1")
class SecretController {
    private static final int BODY_LIMIT_BYTES = 64 * 1024;
    private static final String SECRET_CALL = "/encryption/{instanceId}/";

    private final SecretCalls calls;
    private final KeyVault vault;
    private final Clock clock;
    private final CallLimit limit;

    SecretController(SecretCalls calls, KeyVault vault, Clock clock, CallLimit limit) {
        this.calls = calls;
        this.vault = vault;
        this.clock = clock;
        this.limit = limit;
    }

    @PostMapping(path = SECRET_CALL + "generate-secret", consumes = MediaType.APPLICATION_JSON_VALUE)
    GenerateAnswer generate(@PathVariable String instanceId, CallerIdentity caller, HttpServletRequest request)
            throws IOException {
        SecretCall call = read(Operation.GENERATE_SECRET, instanceId, caller, request);
        return GenerateAnswer.of(limit.within(request, () -> calls.generate(call)));
    }

    @PostMapping(path = SECRET_CALL + "decrypt-secret", consumes = MediaType.APPLICATION_JSON_VALUE)
    DecryptAnswer decrypt(@PathVariable String instanceId, CallerIdentity caller, HttpServletRequest request)
            throws IOException {
        SecretCall call = read(Operation.DECRYPT_SECRET, instanceId, caller, request);
        return DecryptAnswer.of(limit.within(request, () -> calls.decrypt(call)));
    }

    @PostMapping(path = SECRET_CALL + "convert-secret", consumes = MediaType.APPLICATION_JSON_VALUE)
    ConvertAnswer convert(@PathVariable String instanceId, CallerIdentity caller, HttpServletRequest request)
            throws IOException {
        SecretCall call = read(Operation.CONVERT_SECRET, instanceId, caller, request);
        return ConvertAnswer.of(limit.within(request, () -> calls.convert(call)));
    }

    /** Open to every registered VPC; leaves no entry. */
    @GetMapping("/public-signing-key")
    PublicKeyAnswer publicSigningKey(@SuppressWarnings("unused") CallerIdentity caller) {
        return new PublicKeyAnswer(vault.publicSigningKey().base64());
    }

    private SecretCall read(Operation operation, String instanceId, CallerIdentity caller, HttpServletRequest request)
            throws IOException {
        var start = clock.instant();
        if (!caller.customer().mayHandleSecrets()) {
            throw new AccessDeniedException("The VPC " + caller.customer().vpcId()
                    + " may only read the signing key. Ask the operators of Sovereign Keys to register its role.");
        }
        CallBody body = readBody(request);
        Map<Parameter, String> parameters = new EnumMap<>(Parameter.class);
        parameters.putAll(body.parameters());
        parameters.put(Parameter.INSTANCE_ID, instanceId); // the path's, whatever the body says
        return new SecretCall(operation, caller.customer(), caller.sourceIp(), start, parameters, body.problem());
    }

    private static CallBody readBody(HttpServletRequest request) throws IOException {
        try {
            return CallBody.read(RequestBody.read(request, BODY_LIMIT_BYTES));
        } catch (BodyRejectedException e) {
            if (e.kind() != BodyRejectedException.Kind.UNREADABLE) {
                throw e;
            }
            return CallBody.unreadable("the body is not transferred as HTTP wants it");
        }
    }

    record GenerateAnswer(@JsonProperty("encrypted_secret") String encryptedSecret,
            @JsonProperty("encrypted_secret_signature") String encryptedSecretSignature,
            @JsonProperty("wrapped_secret") String wrappedSecret,
            @JsonProperty("wrapped_secret_signature") String wrappedSecretSignature) {

        static GenerateAnswer of(GeneratedSecret secret) {
            return new GenerateAnswer(secret.encrypted().blob().base64(), secret.encrypted().signature().base64(),
                    secret.wrapped().secret().base64(), secret.wrapped().signature().base64());
        }
    }

    record DecryptAnswer(@JsonProperty("wrapped_secret") String wrappedSecret,
            @JsonProperty("wrapped_secret_signature") String wrappedSecretSignature) {

        static DecryptAnswer of(SignedSecret secret) {
            return new DecryptAnswer(secret.secret().base64(), secret.signature().base64());
        }
    }

    record ConvertAnswer(@JsonProperty("encrypted_secret") String encryptedSecret,
            @JsonProperty("encrypted_secret_signature") String encryptedSecretSignature) {

        static ConvertAnswer of(SignedBlob blob) {
            return new ConvertAnswer(blob.blob().base64(), blob.signature().base64());
        }
    }

    record PublicKeyAnswer(@JsonProperty("public_key") String publicKey) {}
}
