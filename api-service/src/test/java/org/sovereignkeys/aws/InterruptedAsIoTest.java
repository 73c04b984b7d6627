/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.aws;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Requests that are aborted from another thread, as the SDK does it with those whose time is over. */
class InterruptedAsIoTest {
    @Test
    void oneThatWaitsForAConnectionFailsAsIoDoes() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                SdkHttpClient http = AwsConfiguration.http(1).build()) {
            ExecutableHttpRequest first = request(http, silent);
            FutureTask<HttpExecuteResponse> takesTheConnection = new FutureTask<>(first);
            Thread.ofVirtual().start(takesTheConnection);
            try (Socket taken = silent.accept()) {
                taken.getInputStream().read(); // until its request comes
                ExecutableHttpRequest second = request(http, silent);
                FutureTask<HttpExecuteResponse> waits = new FutureTask<>(second);
                Thread waiting = Thread.ofPlatform().daemon().start(waits);
                await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

                second.abort();

                assertFailsAsIo(waits);
                first.abort();
                assertFailsAsIo(takesTheConnection);
            }
        }
    }

    private static void assertFailsAsIo(FutureTask<?> request) {
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(request::get)
            .havingCause()
            .isInstanceOf(IOException.class);
    }

    private static ExecutableHttpRequest request(SdkHttpClient http, ServerSocket server) {
        return http.prepareRequest(HttpExecuteRequest.builder()
            .request(SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))
                .build())
            .build());
    }
}
