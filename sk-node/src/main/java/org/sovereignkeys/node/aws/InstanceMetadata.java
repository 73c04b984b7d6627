/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.aws;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;

import org.sovereignkeys.node.certificate.Subject;

/** What the instance's metadata service says of it, by version 2 of its protocol. */
public final class InstanceMetadata {
    private static final String ENDPOINT_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    private static final String ENDPOINT = "http://169.254.169.254";
    private static final Duration TIME_OF_A_CALL = Duration.ofSeconds(2);

    private InstanceMetadata() {}

    /** Who this instance is; throws {@link AwsUnavailableException}. */
    public static Subject self() {
        URI endpoint = URI.create(Objects.requireNonNullElse(System.getenv(ENDPOINT_VARIABLE), ENDPOINT));
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIME_OF_A_CALL).build()) {
            String token = ask(http, request(endpoint, "/latest/api/token")
                .header("X-aws-ec2-metadata-token-ttl-seconds", "60")
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build());
            return new Subject(tell(http, endpoint, "instance-id", token), tell(http, endpoint, "local-ipv4", token));
        } catch (IOException e) {
            throw new AwsUnavailableException("The metadata service at " + endpoint + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwsUnavailableException("The wait for the metadata service was interrupted", e);
        }
    }

    private static String tell(HttpClient http, URI endpoint, String what, String token)
            throws IOException, InterruptedException {
        return ask(http,
                request(endpoint, "/latest/meta-data/" + what).header("X-aws-ec2-metadata-token", token).build());
    }

    private static HttpRequest.Builder request(URI endpoint, String path) {
        return HttpRequest.newBuilder(endpoint.resolve(path)).timeout(TIME_OF_A_CALL);
    }

    private static String ask(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + " answers " + answer.statusCode());
        }
        return answer.body();
    }
}
