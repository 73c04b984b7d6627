/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.metrics.cloudwatch;

import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataResponse;

/** Sends on the registry's own thread, which waits for the answer anyway: another HTTP client is not needed for that. */
final class BlockingCloudWatch implements CloudWatchAsyncClient {
    private final CloudWatchClient client;

    /** The client remains the caller's to close. */
    BlockingCloudWatch(CloudWatchClient client) {
        this.client = client;
    }

    @Override
    public CompletableFuture<PutMetricDataResponse> putMetricData(PutMetricDataRequest request) {
        try {
            return CompletableFuture.completedFuture(client.putMetricData(request));
        } catch (SdkException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public String serviceName() {
        return CloudWatchAsyncClient.SERVICE_NAME;
    }

    @Override
    public void close() {}
}
