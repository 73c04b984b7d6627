/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.peer;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.FoundingRequest;

/** Asks other nodes where they stand. Who does not show a certificate for its instance and address has said nothing. */
public final class PeerClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerClient.class);
    private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(2);
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(4);
    private static final int LARGEST_ANSWER = 1 << 16;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http;
    private final Map<String, String> lastFailures = new ConcurrentHashMap<>();

    public PeerClient(MutualTls tls) {
        this.http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(tls.context())
            .connectTimeout(TIME_TO_CONNECT)
            .build();
    }

    /**
     * Asks all at once.
     *
     * @param addresses by instance
     */
    public Map<String, Answer> ask(Map<String, String> addresses) {
        Map<String, CompletableFuture<Answer>> asked = new HashMap<>();
        addresses.forEach((instance, address) -> asked.put(instance,
                send(instance, address, request(address, PeerServer.STATE).GET().build())
                    .thenApply(answer -> JSON.readValue(answer.body(), AnswerForm.class).toAnswer())
                    .exceptionally(e -> silent(instance, e))));
        Map<String, Answer> answers = new HashMap<>();
        asked.forEach((instance, answer) -> answers.put(instance, answer.join()));
        return answers;
    }

    /** Whether all of these promise. */
    public boolean promise(FoundingRequest request, Map<String, String> addresses) {
        byte[] body = JSON.writeValueAsBytes(request);
        return addresses.entrySet()
            .stream()
            .map(peer -> send(peer.getKey(), peer.getValue(), request(peer.getValue(), PeerServer.PROMISE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build()).thenApply(_ -> true).exceptionally(e -> refused(peer.getKey(), e)))
            .toList()
            .stream()
            .allMatch(CompletableFuture::join);
    }

    private CompletableFuture<HttpResponse<byte[]>> send(String instance, String address, HttpRequest request) {
        return http
            .sendAsync(request,
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), LARGEST_ANSWER))
            .orTimeout(TIME_OF_A_CALL.toMillis(), TimeUnit.MILLISECONDS)
            .thenApply(answer -> verified(answer, instance, address));
    }

    private HttpResponse<byte[]> verified(HttpResponse<byte[]> answer, String instance, String address) {
        boolean isIt = answer.sslSession().map(session -> {
            try {
                Certificate shown = session.getPeerCertificates()[0];
                return Subject.instanceAt((X509Certificate) shown, address).filter(instance::equals).isPresent();
            } catch (SSLPeerUnverifiedException _) {
                return false;
            }
        }).orElse(false);
        if (!isIt || answer.statusCode() >= 300) {
            throw new IllegalStateException(isIt
                    ? "it answers " + answer.statusCode()
                    : "who answers at " + address + " is another");
        }
        lastFailures.remove(instance);
        return answer;
    }

    private Answer silent(String instance, Throwable cause) {
        tell(instance, cause);
        return new Answer.Silent();
    }

    private boolean refused(String instance, Throwable cause) {
        tell(instance, cause);
        return false;
    }

    private void tell(String instance, Throwable cause) {
        Throwable reason = cause.getCause() == null ? cause : cause.getCause();
        if (!reason.toString().equals(lastFailures.put(instance, reason.toString()))) {
            LOG.info("{} does not do as it is asked: {}", instance, reason.toString());
        }
    }

    private static HttpRequest.Builder request(String address, String path) {
        return HttpRequest.newBuilder(URI.create("https://" + address + ":" + PeerServer.PORT + path))
            .timeout(TIME_OF_A_CALL);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
