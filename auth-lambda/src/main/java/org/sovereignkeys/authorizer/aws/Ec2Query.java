/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/**
 * The one call of EC2 that is needed, by its query protocol: the SDK's signature, retries and HTTP, but not its client, which
 * is four fifths of all the bytes and loads seven hundred classes at the start for it.
 */
final class Ec2Query {
    private static final String VERSION = "2016-11-15";
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final SdkHttpClient http;
    private final URI endpoint;
    private final Region region;
    private final RetryStrategy retries;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    Ec2Query(SdkHttpClient http, URI endpoint, Region region, RetryStrategy retries) {
        this.http = http;
        this.endpoint = endpoint;
        this.region = region;
        this.retries = retries;
    }

    /**
     * Asks for the description of one instance.
     *
     * @param instanceId id of its form, so that nothing in it has to be escaped
     * @return the root element of the answer
     * @throws SdkException as a client of the SDK does
     */
    XmlElement describeInstances(AwsSessionCredentials credentials, String instanceId) {
        String form = "Action=DescribeInstances&Version=" + VERSION + "&InstanceId.1=" + instanceId;
        RetryToken token = retries.acquireInitialToken(AcquireInitialTokenRequest.create("ec2")).token();
        while (true) {
            try {
                XmlElement answer = once(credentials, form);
                retries.recordSuccess(RecordSuccessRequest.create(token));
                return answer;
            } catch (SdkException e) {
                RefreshRetryTokenResponse again = again(token, e);
                pause(again.delay(), e);
                token = again.token();
            }
        }
    }

    private RefreshRetryTokenResponse again(RetryToken token, SdkException failure) {
        try {
            return retries.refreshRetryToken(RefreshRetryTokenRequest.builder().token(token).failure(failure).build());
        } catch (TokenAcquisitionFailedException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    private static void pause(Duration delay, SdkException failure) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private XmlElement once(AwsSessionCredentials credentials, String form) {
        ContentStreamProvider body = ContentStreamProvider.fromUtf8String(form);
        SdkHttpRequest request = SdkHttpRequest.builder()
            .uri(endpoint)
            .method(SdkHttpMethod.POST)
            .encodedPath("/")
            .putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .putHeader("Content-Length", String.valueOf(form.length()))
            .build();
        SignedRequest signed = signer.sign(sign -> sign.identity(credentials)
            .request(request)
            .payload(body)
            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "ec2")
            .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
        try {
            HttpExecuteResponse response = http.prepareRequest(
                    HttpExecuteRequest.builder().request(signed.request()).contentStreamProvider(body).build())
                .call();
            return answer(response.httpResponse().statusCode(), read(response));
        } catch (IOException e) {
            throw SdkClientException.create("no answer from EC2", e);
        }
    }

    private static byte[] read(HttpExecuteResponse response) throws IOException {
        if (response.responseBody().isEmpty()) {
            return new byte[0];
        }
        try (InputStream in = response.responseBody().get()) {
            byte[] answer = in.readNBytes(MAX_ANSWER_BYTES + 1);
            if (answer.length > MAX_ANSWER_BYTES) {
                throw new IOException("longer than any description of an instance");
            }
            return answer;
        }
    }

    private static XmlElement answer(int status, byte[] body) throws IOException {
        if (status != 200) {
            throw AwsServiceException.builder()
                .message("EC2 answered " + status)
                .statusCode(status)
                .awsErrorDetails(
                        AwsErrorDetails.builder().errorCode(errorCode(status, body)).serviceName("Ec2").build())
                .build();
        }
        XmlElement answer = XmlElement.parse(body);
        if (!answer.name().equals("DescribeInstancesResponse")) {
            throw new IOException("no DescribeInstancesResponse");
        }
        return answer;
    }

    /** The code of an error; what answered without one, as a proxy does, is known by its status. */
    private static String errorCode(int status, byte[] body) {
        try {
            return XmlElement.parse(body)
                .descend("Errors", "Error")
                .findFirst()
                .flatMap(error -> error.text("Code"))
                .orElse("Http" + status);
        } catch (IOException e) {
            return "Http" + status;
        }
    }

    /** Where EC2 answers: as the environment says, in the way that the SDK's clients understand it, or the region. */
    static URI endpoint(Region region) {
        return Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL_EC2"))
            .or(() -> Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL")))
            .map(URI::create)
            .orElseGet(
                    () -> URI.create("https://ec2." + region.id() + "." + region.metadata().partition().dnsSuffix()));
    }
}
