/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.net.HttpURLConnection;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * How this service writes every object: only where no object stands, with {@code If-None-Match: *} (RFC 9110 section 13.1.2),
 * and with the checksum that a bucket with Object Lock asks for.
 */
public final class PutOnce {
    private static final String ONLY_IF_NOTHING_STANDS_THERE = "*";

    private PutOnce() {}

    /**
     * Returns the request; the content goes beside it.
     *
     * @param content all bytes of the object, for their SHA-256
     * @param contentType its media type
     */
    public static PutObjectRequest of(String bucket, String key, byte[] content, String contentType) {
        return PutObjectRequest.builder()
            .bucket(bucket)
            .key(key)
            .ifNoneMatch(ONLY_IF_NOTHING_STANDS_THERE)
            .contentType(contentType)
            .checksumSHA256(sha256(content))
            .build();
    }

    /** Whether a put was refused because an object stands under its key. */
    public static boolean isThereAlready(S3Exception failure) {
        return failure.statusCode() == HttpURLConnection.HTTP_PRECON_FAILED;
    }

    private static String sha256(byte[] content) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
