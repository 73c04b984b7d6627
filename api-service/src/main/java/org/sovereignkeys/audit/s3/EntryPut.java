/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.net.HttpURLConnection;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.sovereignkeys.customer.VpcId;

/** How an entry is put, into our bucket as into a customer's: only where nothing stands, and with a checksum. */
final class EntryPut {
    private static final String ONLY_IF_NOTHING_STANDS_THERE = "*";

    private EntryPut() {}

    static PutObjectRequest of(String bucket, VpcId vpcId, long number, byte[] json) {
        return PutObjectRequest.builder()
            .bucket(bucket)
            .key(EntryKeys.key(vpcId, number))
            .ifNoneMatch(ONLY_IF_NOTHING_STANDS_THERE)
            .contentType("application/json")
            .checksumSHA256(sha256(json))
            .build();
    }

    /** Whether a put was refused because something stands under its key. */
    static boolean isThereAlready(S3Exception failure) {
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
