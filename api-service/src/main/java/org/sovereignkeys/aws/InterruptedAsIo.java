/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.io.IOException;
import java.io.InterruptedIOException;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * A client of HTTP whose requests, when they are aborted, fail as I/O does. The SDK aborts a request whose time is over from
 * another thread. Apache's client says so by exceptions of other kinds where that comes between two of its steps, as when it
 * waits for a connection; the SDK takes those for bugs, so they would reach our callers as they are, and nothing would be tried
 * again.
 */
final class InterruptedAsIo implements SdkHttpClient {
    private final SdkHttpClient client;

    private InterruptedAsIo(SdkHttpClient client) {
        this.client = client;
    }

    /** Makes such a client of each that another builder makes. */
    record Builder(SdkHttpClient.Builder<?> client) implements SdkHttpClient.Builder<Builder> {
        @Override
        public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
            return new InterruptedAsIo(client.buildWithDefaults(defaults));
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Request(client.prepareRequest(request));
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }

    private record Request(ExecutableHttpRequest request) implements ExecutableHttpRequest {
        @Override
        public HttpExecuteResponse call() throws IOException {
            try {
                return request.call();
            } catch (IllegalStateException e) {
                InterruptedIOException interrupted = new InterruptedIOException("The request was aborted: " + e);
                interrupted.initCause(e);
                throw interrupted;
            }
        }

        @Override
        public void abort() {
            request.abort();
        }
    }
}
