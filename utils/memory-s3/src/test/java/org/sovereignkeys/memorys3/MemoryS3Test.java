/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The server as it misbehaves and is told to: what the suites of the service's stores cannot ask of it. */
@Timeout(120)
class MemoryS3Test {
    private final HttpClient client = HttpClient.newHttpClient();
    private final MemoryS3 server = MemoryS3.start();

    @BeforeEach
    void makeBuckets() throws Exception {
        send("PUT", "/here", "");
        send("PUT", "/there", "");
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    @Test
    void anObjectIsThereOnlyAfterTheDelay() throws Exception {
        server.setDelay(Duration.ofSeconds(5));
        long start = System.nanoTime();
        CompletableFuture<HttpResponse<String>> put = client.sendAsync(request("PUT", "/here/key", "x"),
                BodyHandlers.ofString());
        Thread.sleep(200);

        assertThat(send("GET", "/here/key", "").statusCode()).isEqualTo(404);
        assertThat(put.get().statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(5),
                Duration.ofSeconds(25));
        assertThat(send("GET", "/here/key", "").body()).isEqualTo("x");
    }

    @Test
    void putsWaitSideBySide() throws Exception {
        server.setDelay(Duration.ofMillis(300));
        long start = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> puts = IntStream.range(0, 100)
            .mapToObj(i -> client.sendAsync(request("PUT", "/here/key" + i, "x"), BodyHandlers.ofString()))
            .toList();
        for (CompletableFuture<HttpResponse<String>> put : puts) {
            assertThat(put.get().statusCode()).isEqualTo(200);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void otherRequestsHaveADelayOfTheirOwn() throws Exception {
        server.setOtherDelay(Duration.ofMillis(300));
        long start = System.nanoTime();
        send("GET", "/here/key", "");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void aFailingServerAnswers500AndServesNothing() throws Exception {
        server.setFault(Fault.of(Fault.Kind.FAILING));
        HttpResponse<String> answer = send("PUT", "/here/key", "x");
        server.setFault(Fault.NONE);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("<Code>InternalError</Code>");
        assertThat(send("GET", "/here/key", "").statusCode()).isEqualTo(404);
        assertThat(server.hits(Fault.Kind.FAILING)).isEqualTo(1);
    }

    @Test
    void aServerThatIsAskedTooMuchAnswers503() throws Exception {
        server.setFault(Fault.of(Fault.Kind.SLOW_DOWN));
        HttpResponse<String> answer = send("GET", "/here/key", "");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("<Code>SlowDown</Code>");
    }

    @Test
    void aRequestThatHangsEndsWithItsFaultAndIsNotServed() throws Exception {
        server.setFault(Fault.of(Fault.Kind.HANGING));
        CompletableFuture<HttpResponse<String>> put = client.sendAsync(request("PUT", "/here/key", "x"),
                BodyHandlers.ofString());
        while (server.hits(Fault.Kind.HANGING) == 0) {
            Thread.sleep(10);
        }
        assertThatExceptionOfType(TimeoutException.class)
            .isThrownBy(() -> put.get(500, TimeUnit.MILLISECONDS));
        assertThat(server.hits(Fault.Kind.HANGING)).isEqualTo(1);
        server.setFault(Fault.NONE);

        assertThat(put).failsWithin(Duration.ofSeconds(30));
        assertThat(send("GET", "/here/key", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aRequestThatIsServedUnansweredIsServed() throws Exception {
        server.setFault(Fault.of(Fault.Kind.SERVED_UNANSWERED));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> send("PUT", "/here/key", "x"));
        server.setFault(Fault.NONE);

        assertThat(send("GET", "/here/key", "").body()).isEqualTo("x");
    }

    @Test
    void aFaultOfABucketSparesOthers() throws Exception {
        server.setFault(Fault.of(Fault.Kind.FAILING).inBucket("here"));

        assertThat(send("PUT", "/here/key", "x").statusCode()).isEqualTo(500);
        assertThat(send("HEAD", "/here", "").statusCode()).isEqualTo(500);
        assertThat(send("PUT", "/there/key", "x").statusCode()).isEqualTo(200);
    }

    @Test
    void aFaultOfAShareHitsSome() throws Exception {
        server.setFault(Fault.of(Fault.Kind.FAILING).forShare(0.5));
        int failed = 0;
        for (int i = 0; i < 200; i++) {
            failed += send("PUT", "/here/key", "x").statusCode() == 500 ? 1 : 0;
        }
        assertThat(failed).isBetween(50, 150);
        assertThat(server.hits(Fault.Kind.FAILING)).isEqualTo(failed);
    }

    @Test
    void theControlEndpointSwitchesAndTells() throws Exception {
        assertThat(send("PUT", "/memory-s3/delay?put=20&other=5", "").statusCode()).isEqualTo(200);
        send("PUT", "/memory-s3/fault?kind=FAILING&share=1&bucket=here", "");
        send("GET", "/here/key", "");

        assertThat(send("GET", "/memory-s3/state", "").body().strip()).isEqualTo("""
                {"delay":{"put":20,"other":5},"fault":{"kind":"FAILING","share":1.0,"bucket":"here"},\
                "hits":{"FAILING":1,"SLOW_DOWN":0,"HANGING":0,"SERVED_UNANSWERED":0}}""");
    }

    @Test
    void aFaultDoesNotHitTheControlEndpoint() throws Exception {
        server.setFault(Fault.of(Fault.Kind.HANGING));

        assertThat(send("PUT", "/memory-s3/fault?kind=NONE", "").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/here/key", "").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT delay", "PUT delay?put=soon", "PUT delay?put=-1", "PUT delay?put=1&get=2",
        "PUT fault", "PUT fault?kind=SLEEPY", "PUT fault?kind=FAILING&share=0", "PUT fault?kind=FAILING&share=2",
        "PUT fault?kind=FAILING&share=NaN", "PUT fault?kind=FAILING&share=half", "PUT fault?kind=FAILING&bucket=",
        "PUT fault?kind=FAILING&buckets=here", "GET state?pretty", "GET delay", "PUT nothing"})
    void aBadControlRequestIsRefusedInASentenceAndChangesNothing(String request) throws Exception {
        String before = send("GET", "/memory-s3/state", "").body();
        String[] parts = request.split(" ", 2);
        HttpResponse<String> answer = send(parts[0], "/memory-s3/" + parts[1], "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body().strip()).matches("[A-Z].*\\.");
        assertThat(send("GET", "/memory-s3/state", "").body()).isEqualTo(before);
    }

    private HttpResponse<String> send(String method, String target, String body) throws Exception {
        return client.send(request(method, target, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String target, String body) {
        return HttpRequest.newBuilder(URI.create(server.url() + target))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    }
}
