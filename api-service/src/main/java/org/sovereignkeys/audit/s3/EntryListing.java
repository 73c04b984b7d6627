/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.customer.VpcId;

/**
 * The numbers under which a bucket holds, or held, anything: versions and delete markers alike. Throws as the SDK does.
 */
final class EntryListing {
    /** What S3 gives in one answer. */
    private static final int PAGE_LENGTH = 1_000;
    private static final int PROBE_LENGTH = 2;

    private final S3Client s3;
    private final String bucket;
    private final Dependency dependency;

    EntryListing(S3Client s3, String bucket, Dependency dependency) {
        this.s3 = s3;
        this.bucket = bucket;
        this.dependency = dependency;
    }

    /**
     * The highest number of a VPC; 0 if there is none. Asks about 2·log2(highest/1000) times: keys are listed upwards only, so
     * the end is found by asking, at greater and greater distance, whether anything comes behind.
     */
    long highest(VpcId vpcId) {
        long[] there = {firstAfter(vpcId, 0)};
        long distance = PAGE_LENGTH;
        long nothingAfter = there[0] + distance;
        for (long next = firstAfter(vpcId, nothingAfter); next > 0; next = firstAfter(vpcId, nothingAfter)) {
            there[0] = next;
            distance *= 2;
            nothingAfter = next + distance;
        }
        while (nothingAfter - there[0] > PAGE_LENGTH) {
            long middle = there[0] + (nothingAfter - there[0]) / 2;
            long next = firstAfter(vpcId, middle);
            if (next > 0) {
                there[0] = next;
            } else {
                nothingAfter = middle;
            }
        }
        forEachAfter(vpcId, there[0], next -> {
            there[0] = next;
            return true;
        });
        return there[0];
    }

    /** The first number behind another; 0 if there is none. */
    private long firstAfter(VpcId vpcId, long number) {
        long[] found = new long[1];
        forEachAfter(vpcId, number, PROBE_LENGTH, next -> {
            found[0] = next;
            return false;
        });
        return found[0];
    }

    /** Gives the numbers behind another, ascending, each once, until the consumer has enough. */
    void forEachAfter(VpcId vpcId, long number, LongPredicate wantsMore) {
        forEachAfter(vpcId, number, PAGE_LENGTH, wantsMore);
    }

    private void forEachAfter(VpcId vpcId, long number, int pageLength, LongPredicate wantsMore) {
        ListObjectVersionsRequest request = ListObjectVersionsRequest.builder()
            .bucket(bucket)
            .prefix(EntryKeys.prefix(vpcId))
            .keyMarker(EntryKeys.key(vpcId, Math.min(number, AuditStore.MAX_NUMBER)))
            .maxKeys(pageLength)
            .build();
        long last = number;
        while (request != null) {
            ListObjectVersionsResponse page = list(request);
            for (long next : numbersAfter(last, vpcId, page)) {
                last = next;
                if (!wantsMore.test(next)) {
                    return;
                }
            }
            request = isPastTheLastNumber(vpcId, page) ? null : next(request, page);
        }
    }

    private static boolean isPastTheLastNumber(VpcId vpcId, ListObjectVersionsResponse page) {
        String last = EntryKeys.key(vpcId, AuditStore.MAX_NUMBER);
        return page.versions().stream().anyMatch(version -> version.key().compareTo(last) > 0)
                || page.deleteMarkers().stream().anyMatch(marker -> marker.key().compareTo(last) > 0);
    }

    private ListObjectVersionsResponse list(ListObjectVersionsRequest request) {
        return dependency.call(() -> s3.listObjectVersions(request));
    }

    private static @Nullable ListObjectVersionsRequest next(ListObjectVersionsRequest request,
            ListObjectVersionsResponse page) {
        return Boolean.TRUE.equals(page.isTruncated())
                ? request.copy(next -> next.keyMarker(page.nextKeyMarker()).versionIdMarker(page.nextVersionIdMarker()))
                : null;
    }

    private static SortedSet<Long> numbersAfter(long last, VpcId vpcId, ListObjectVersionsResponse page) {
        SortedSet<Long> numbers = new TreeSet<>();
        for (ObjectVersion version : page.versions()) {
            numbers.add(EntryKeys.number(vpcId, version.key()));
        }
        for (DeleteMarkerEntry marker : page.deleteMarkers()) {
            numbers.add(EntryKeys.number(vpcId, marker.key()));
        }
        return numbers.tailSet(last + 1);
    }

    /** What stands before the first slash of all keys. */
    Set<String> topFolders() {
        Set<String> folders = new HashSet<>();
        ListObjectVersionsRequest request = ListObjectVersionsRequest.builder()
            .bucket(bucket)
            .delimiter(EntryKeys.DELIMITER)
            .build();
        while (request != null) {
            ListObjectVersionsResponse page = list(request);
            for (CommonPrefix prefix : page.commonPrefixes()) {
                folders.add(prefix.prefix().substring(0, prefix.prefix().length() - EntryKeys.DELIMITER.length()));
            }
            request = next(request, page);
        }
        return folders;
    }
}
