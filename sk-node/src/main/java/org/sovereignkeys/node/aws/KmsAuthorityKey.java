/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

import org.sovereignkeys.node.certificate.AuthorityKey;

/** The authority's key in KMS. Its public half comes from KMS, by the ARN that is configured, and from nowhere else. */
public final class KmsAuthorityKey implements AuthorityKey {
    private static final int BITS = 384;

    private final KmsClient kms;
    private final String arn;
    private final PublicKey publicKey;

    /** Asks for the public key; throws {@link AwsUnavailableException}. */
    public KmsAuthorityKey(AwsClients clients, String arn) {
        this.kms = clients.kms();
        this.arn = arn;
        this.publicKey = fetch();
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public byte[] sign(byte[] message) {
        try {
            // The message, not its digest: a certificate is below the 4096 bytes that KMS takes.
            return kms.sign(request -> request.keyId(arn)
                .messageType(MessageType.RAW)
                .message(SdkBytes.fromByteArray(message))
                .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_384)).signature().asByteArray();
        } catch (SdkException e) {
            throw new AwsUnavailableException("KMS does not sign with " + arn + ": " + e.getMessage(), e);
        }
    }

    private PublicKey fetch() {
        try {
            GetPublicKeyResponse answer = kms.getPublicKey(request -> request.keyId(arn));
            PublicKey told = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(answer.publicKey().asByteArray()));
            // Emulators answer with the id alone, and without the kind.
            boolean isIt = arn.equals(answer.keyId()) || arn.endsWith("/" + answer.keyId());
            if (!isIt || ((ECPublicKey) told).getParams().getOrder().bitLength() != BITS) {
                throw new IllegalStateException(
                        "KMS was asked for " + arn + ", a key of ECC_NIST_P384, and told another: " + answer.keyId());
            }
            return told;
        } catch (SdkException | GeneralSecurityException e) {
            throw new AwsUnavailableException("KMS does not tell the public key of " + arn + ": " + e.getMessage(), e);
        }
    }
}
