/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Whether a bucket of ours keeps what is written once: it is there, versioned, and has Object Lock. Asks with the rights
 * {@code s3:ListBucket}, {@code s3:GetBucketVersioning} and {@code s3:GetBucketObjectLockConfiguration}.
 */
public final class BucketCheck {
    private final S3Client s3;
    private final String bucket;

    private BucketCheck(S3Client s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    /**
     * Looks at a bucket. What cannot be found out counts as not as it should be.
     *
     * @return a sentence for each thing that is not as it should be, with what to do; empty when all is well
     */
    public static List<String> shortcomings(S3Client s3, String bucket) {
        return new BucketCheck(s3, bucket).shortcomings();
    }

    private List<String> shortcomings() {
        return existence().map(List::of)
            .orElseGet(() -> Stream.of(versioning(), lock()).flatMap(Optional::stream).toList());
    }

    private Optional<String> existence() {
        return ask("is there", "s3:ListBucket", () -> {
            try {
                s3.headBucket(head -> head.bucket(bucket));
                return Optional.empty();
            } catch (S3Exception e) {
                return switch (e.statusCode()) {
                    case HttpURLConnection.HTTP_NOT_FOUND -> Optional
                        .of("is missing: create it, with versioning and Object Lock, or correct the setting");
                    case HttpURLConnection.HTTP_MOVED_PERM -> Optional
                        .of("is in another region than this node asks: set sovereign-keys.aws.region");
                    default -> throw e;
                };
            }
        });
    }

    private Optional<String> versioning() {
        return ask("is versioned", "s3:GetBucketVersioning", () -> s3
            .getBucketVersioning(get -> get.bucket(bucket))
            .status() == BucketVersioningStatus.ENABLED
                    ? Optional.empty()
                    : Optional.of("is not versioned, so what is deleted there is lost without a trace:"
                            + " enable versioning"));
    }

    private Optional<String> lock() {
        return ask("has Object Lock", "s3:GetBucketObjectLockConfiguration", () -> {
            ObjectLockConfiguration lock = lockConfiguration();
            if (lock == null || lock.objectLockEnabled() != ObjectLockEnabled.ENABLED) {
                return Optional.of("has no Object Lock, so whoever may delete there can remove what must stay:"
                        + " enable Object Lock with a default retention");
            }
            return lock.rule() != null
                    ? Optional.empty()
                    : Optional.of("has Object Lock but no default retention, so nothing in it is locked: set one");
        });
    }

    private @Nullable ObjectLockConfiguration lockConfiguration() {
        try {
            return s3.getObjectLockConfiguration(get -> get.bucket(bucket)).objectLockConfiguration();
        } catch (S3Exception e) {
            if (e.statusCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private Optional<String> ask(String what, String right, Supplier<Optional<String>> question) {
        try {
            return question.get().map(finding -> "The bucket " + bucket + " " + finding + ".");
        } catch (S3Exception e) {
            String hint = e.statusCode() == HttpURLConnection.HTTP_FORBIDDEN
                    ? " Grant this node " + right + " there, and see that the bucket is yours."
                    : "";
            return Optional.of(unknown(what, e) + hint);
        } catch (SdkException e) {
            return Optional.of(unknown(what, e));
        }
    }

    private String unknown(String what, SdkException reason) {
        return "Whether the bucket " + bucket + " " + what + " could not be found out: " + reason.getMessage() + ".";
    }
}
