/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.NumberRange;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.PutOnce;
import org.sovereignkeys.customer.VpcId;

/**
 * Entries as objects of a bucket. A put is conditional: nothing that stands is replaced. Whatever was deleted has left a
 * version or a marker, and counts as written. A put over a delete marker does succeed, but no number at or below the
 * highest ever written is given out.
 */
final class S3AuditStore implements AuditStore {
    private static final Logger LOG = LoggerFactory.getLogger(S3AuditStore.class);
    private static final int MAX_ENTRY_SIZE_BYTES = 64 * 1024;

    private final S3Client s3;
    private final String bucket;
    private final Dependency dependency;
    private final EntryListing listing;

    S3AuditStore(S3Client s3, String bucket, Dependency dependency) {
        this.s3 = s3;
        this.bucket = bucket;
        this.dependency = dependency;
        this.listing = new EntryListing(s3, bucket, dependency);
    }

    @Override
    public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
        if (number < 1 || number > MAX_NUMBER) {
            throw new AuditUnavailableException("The log of " + vpcId + " has no room for number " + number, null);
        }
        PutObjectRequest put = EntryPut.of(bucket, vpcId, number, json);
        return attempt("stored", vpcId, () -> {
            try {
                s3.putObject(put, RequestBody.fromBytes(json));
                return Put.STORED;
            } catch (S3Exception e) {
                if (PutOnce.isThereAlready(e)) {
                    return Put.TAKEN;
                }
                throw e;
            }
        });
    }

    @Override
    public Optional<byte[]> read(VpcId vpcId, long number) {
        GetObjectRequest get = GetObjectRequest.builder().bucket(bucket).key(EntryKeys.key(vpcId, number)).build();
        return attempt("read", vpcId, () -> {
            try {
                return s3.getObject(get, S3AuditStore::content);
            } catch (NoSuchKeyException _) {
                return Optional.<byte[]>empty();
            } catch (S3Exception e) {
                if (isUnderItsWritersKey(e)) {
                    return Optional.<byte[]>empty();
                }
                throw e;
            }
        });
    }

    /**
     * Whether it was put with a key in the request (SSE-C), as no entry is. No other refusal tells as much: an entry may be
     * archived, or its reading be denied.
     */
    private static boolean isUnderItsWritersKey(S3Exception e) {
        AwsErrorDetails details = e.awsErrorDetails();
        return e.statusCode() == HttpURLConnection.HTTP_BAD_REQUEST && details != null
                && "InvalidRequest".equals(details.errorCode())
                && String.valueOf(details.errorMessage()).contains("Server Side Encryption");
    }

    private static Optional<byte[]> content(GetObjectResponse response, AbortableInputStream content) {
        if (response.contentLength() > MAX_ENTRY_SIZE_BYTES) {
            content.abort();
            return Optional.empty();
        }
        try {
            return Optional.of(content.readAllBytes());
        } catch (IOException e) {
            throw RetryableException.create("the answer was cut off", e);
        }
    }

    @Override
    public Tail tail(VpcId vpcId) {
        return listed(vpcId, () -> {
            long highest = listing.highest(vpcId);
            Tail whole = new Tail(highest, List.of());
            Set<Long> written = new HashSet<>();
            listing.forEachAfter(vpcId, whole.first() - 1, number -> written.add(number) && number < highest);
            return new Tail(highest, LongStream.range(whole.first(), highest)
                .filter(number -> !written.contains(number))
                .boxed()
                .toList());
        });
    }

    @Override
    public List<NumberRange> holesBefore(VpcId vpcId, long end) {
        return listed(vpcId, () -> {
            List<NumberRange> holes = new ArrayList<>();
            long[] next = {1};
            listing.forEachAfter(vpcId, 0, number -> {
                long stop = Math.min(number, end);
                if (stop > next[0]) {
                    holes.add(new NumberRange(next[0], stop - 1));
                }
                next[0] = number + 1;
                return number < end;
            });
            if (next[0] < end) {
                holes.add(new NumberRange(next[0], end - 1));
            }
            return holes;
        });
    }

    @Override
    public Set<VpcId> vpcIds() {
        Set<VpcId> found = new HashSet<>();
        int foreign = 0;
        for (String folder : topFolders()) {
            if (VpcId.isValid(folder)) {
                found.add(new VpcId(folder));
            } else {
                foreign++;
            }
        }
        if (foreign > 0) {
            LOG.warn("{} folders in the bucket {} are not those of VPCs; they are ignored", foreign, bucket);
        }
        return found;
    }

    private Set<String> topFolders() {
        try {
            return listing.topFolders();
        } catch (SdkException e) {
            throw new AuditUnavailableException("The audit log cannot be listed: " + e.getMessage(), e);
        }
    }

    private <T> T attempt(String deed, VpcId vpcId, Supplier<T> work) {
        try {
            return dependency.call(work);
        } catch (SdkException e) {
            throw new AuditUnavailableException("Entries of " + vpcId + " cannot be " + deed + ": " + e.getMessage(),
                    e);
        }
    }

    /** Each request of a listing is a call of its own. */
    private static <T> T listed(VpcId vpcId, Supplier<T> work) {
        try {
            return work.get();
        } catch (SdkException e) {
            throw new AuditUnavailableException("Entries of " + vpcId + " cannot be listed: " + e.getMessage(), e);
        }
    }
}
