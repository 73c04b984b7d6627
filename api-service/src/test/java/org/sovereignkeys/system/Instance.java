/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

import tools.jackson.databind.json.JsonMapper;

/** An instance of a customer, with its one-time RSA key: calls the service as the gateway would pass its calls on. */
final class Instance {
    private static final OAEPParameterSpec OAEP = new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256,
            PSource.PSpecified.DEFAULT);
    private static final KeyPair ONE_TIME_KEY = oneTimeKey();
    private static final JsonMapper JSON = new JsonMapper();

    private final ServiceProcess service;
    private final String vpcId;
    private final String id;
    private final String ip;

    Instance(ServiceProcess service, String vpcId, String id, String ip) {
        this.service = service;
        this.vpcId = vpcId;
        this.id = id;
        this.ip = ip;
    }

    /** An instance with an id of its own. */
    static Instance of(ServiceProcess service, String vpcId) {
        return new Instance(service, vpcId, "i-0" + UUID.randomUUID().toString().replace("-", "").substring(0, 16),
                "10.42.0.41");
    }

    String id() {
        return id;
    }

    String vpcId() {
        return vpcId;
    }

    static String rsaKey() {
        return Base64.getEncoder().encodeToString(ONE_TIME_KEY.getPublic().getEncoded());
    }

    Map<String, String> identity() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-amzn-vpc-id", vpcId);
        headers.put("X-Forwarded-For", "1.2.3.4, " + ip);
        headers.put("Authorization", "any");
        headers.put("Content-Type", "application/json");
        return headers;
    }

    Answer generate(String volume) {
        return post("generate-secret", Map.of("volume_uuid", volume, "rsa_wrapping_key", rsaKey()));
    }

    Answer decrypt(String volume, String encryptedSecret) {
        return post("decrypt-secret",
                Map.of("volume_uuid", volume, "rsa_wrapping_key", rsaKey(), "encrypted_secret", encryptedSecret));
    }

    Answer convert(String volume, String encryptedSecret, String sourceInstance) {
        return post("convert-secret",
                Map.of("volume_uuid", volume, "source_instance_id", sourceInstance, "encrypted_secret",
                        encryptedSecret));
    }

    Answer post(String call, Map<String, ?> members) {
        return postRaw(call, JSON.writeValueAsString(members));
    }

    Answer postRaw(String call, String body) {
        return service.send("POST", "/v1/encryption/" + id + "/" + call, identity(),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #post}, for tests in which the service may be gone, or may not answer. */
    Answer tryPost(String call, Map<String, ?> members, Duration limit) throws IOException {
        return service.trySend("POST", "/v1/encryption/" + id + "/" + call, identity(),
                JSON.writeValueAsString(members).getBytes(StandardCharsets.UTF_8), limit);
    }

    Answer get(String path) {
        return service.send("GET", path, identity(), new byte[0]);
    }

    PublicKey signingKey() {
        try {
            byte[] der = Base64.getDecoder().decode(get("/v1/public-signing-key").text("public_key"));
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The secret in base64, opened with the one-time key. */
    static String open(String wrappedSecret) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.DECRYPT_MODE, ONE_TIME_KEY.getPrivate(), OAEP);
            return Base64.getEncoder().encodeToString(cipher.doFinal(Base64.getDecoder().decode(wrappedSecret)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the wrapped secret does not open", e);
        }
    }

    static boolean verifies(PublicKey key, String content, String signature) {
        try {
            Signature verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(key);
            verifier.update(Base64.getDecoder().decode(content));
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair oneTimeKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(3072);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
