/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.paginators.ListObjectVersionsIterable;

/** Lists versions in pages of five, so that a few objects are many. */
final class SmallPages extends DelegatingS3Client {
    private static final int PAGE = 5;

    SmallPages(S3Client delegate) {
        super(delegate);
    }

    @Override
    public ListObjectVersionsResponse listObjectVersions(ListObjectVersionsRequest request) {
        return super.listObjectVersions(request.toBuilder().maxKeys(PAGE).build());
    }

    @Override
    public ListObjectVersionsIterable listObjectVersionsPaginator(ListObjectVersionsRequest request) {
        return new ListObjectVersionsIterable(this, request);
    }
}
