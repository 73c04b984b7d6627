/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.PutOnce;
import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.hsm.WrappedBlob;

/**
 * Tokens as objects {@code {name}.ekt} of a versioned bucket. A put is conditional, so the first writer wins; it would
 * succeed where a token was deleted, so no put is made before the versions are looked at: any version or delete marker of the
 * name says that a token was there. A put whose outcome is not known is settled by reading what stands.
 */
final class S3EncryptedKeyTokenStore implements EncryptedKeyTokenStore {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final String SUFFIX = ".ekt";

    private final S3Client s3;
    private final String bucket;
    private final Dependency dependency;

    S3EncryptedKeyTokenStore(S3Client s3, String bucket, Dependency dependency) {
        this.s3 = s3;
        this.bucket = bucket;
        this.dependency = dependency;
    }

    @Override
    public Optional<WrappedBlob> find(String name) {
        requireName(name);
        Optional<WrappedBlob> token = read(name);
        return token.isEmpty() && wasWritten(name) ? Optional.of(readAgain(name)) : token;
    }

    @Override
    public WrappedBlob putIfAbsent(String name, WrappedBlob token) {
        requireName(name);
        if (wasWritten(name)) {
            return readAgain(name);
        }
        try {
            put(name, token);
        } catch (EncryptedKeyTokenException e) {
            return read(name).orElseThrow(() -> e);
        }
        return readAgain(name);
    }

    @Override
    public boolean isEmpty() {
        return attempt("The key tokens cannot be listed", () -> s3
            .listObjectVersionsPaginator(list -> list.bucket(bucket))
            .stream()
            .flatMap(S3EncryptedKeyTokenStore::keys)
            .noneMatch(key -> key.endsWith(SUFFIX)));
    }

    private Optional<WrappedBlob> read(String name) {
        Optional<byte[]> content = attempt("The key token " + name + " cannot be read", () -> {
            try {
                return Optional.of(s3.getObject(get -> get.bucket(bucket).key(name + SUFFIX),
                        S3EncryptedKeyTokenStore::beginning));
            } catch (NoSuchKeyException _) {
                return Optional.<byte[]>empty();
            }
        });
        if (content.isPresent() && content.get().length != WrappedBlob.SIZE_BYTES) {
            throw new EncryptedKeyTokenException("The key token " + name + " is spoilt: it has not "
                    + WrappedBlob.SIZE_BYTES + " bytes. Restore it.", null);
        }
        return content.map(WrappedBlob::new);
    }

    /** The content, or as much of it as shows that it is too long. */
    private static byte[] beginning(GetObjectResponse response, AbortableInputStream content) {
        try {
            byte[] bytes = content.readNBytes(WrappedBlob.SIZE_BYTES + 1);
            if (bytes.length > WrappedBlob.SIZE_BYTES) {
                content.abort();
            }
            return bytes;
        } catch (IOException e) {
            throw RetryableException.create("the answer was cut off", e);
        }
    }

    /** Reads what must be there, since something was written under the name. */
    private WrappedBlob readAgain(String name) {
        return read(name).orElseThrow(() -> new EncryptedKeyTokenException("The key token " + name
                + " was there and is gone. Restore it: without it the customer's volumes are lost.", null));
    }

    private boolean wasWritten(String name) {
        String key = name + SUFFIX;
        // Keys come in order, and of those with this prefix the key itself is the first: one page is enough.
        return attempt("Whether there was a key token " + name + " cannot be known",
                () -> keys(s3.listObjectVersions(list -> list.bucket(bucket).prefix(key))).anyMatch(key::equals));
    }

    private static Stream<String> keys(ListObjectVersionsResponse page) {
        return Stream.concat(page.versions().stream().map(ObjectVersion::key),
                page.deleteMarkers().stream().map(DeleteMarkerEntry::key));
    }

    /** Writes unless something stands there; returns whether it did. */
    private boolean put(String name, WrappedBlob token) {
        byte[] content = token.bytes();
        PutObjectRequest put = PutOnce.of(bucket, name + SUFFIX, content, "application/octet-stream");
        return attempt("The key token " + name + " cannot be written", () -> {
            try {
                s3.putObject(put, RequestBody.fromBytes(content));
                return true;
            } catch (S3Exception e) {
                if (PutOnce.isThereAlready(e)) {
                    return false;
                }
                throw e;
            }
        });
    }

    private <T> T attempt(String failure, Supplier<T> work) {
        try {
            return dependency.call(work);
        } catch (SdkException e) {
            throw new EncryptedKeyTokenException(failure + ": " + explained(e), e);
        }
    }

    private String explained(SdkException failure) {
        return switch (code(failure)) {
            case "NoSuchBucket" ->
                "the bucket " + bucket + " is missing. Create it, with versioning and Object Lock, or"
                        + " correct sovereign-keys.customer-keys.";
            case "AccessDenied" -> "this node may not. Grant it s3:GetObject and s3:PutObject on arn:aws:s3:::" + bucket
                    + "/*, s3:ListBucket and s3:ListBucketVersions on arn:aws:s3:::" + bucket
                    + "; without s3:ListBucket even a token that was never written is refused. (" + failure.getMessage()
                    + ")";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static String code(SdkException failure) {
        @Nullable
        String code = failure instanceof S3Exception answered && answered.awsErrorDetails() != null
                ? answered.awsErrorDetails().errorCode()
                : null;
        return code == null ? "" : code;
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a key token");
        }
    }
}
