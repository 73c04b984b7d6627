/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;

import org.sovereignkeys.authorizer.Calls;

/**
 * The three calls that the authorizer makes, as strict as AWS where emulators are not: signatures, who may assume which role
 * with which external id, who may describe instances. Each service can be made to fail.
 */
public final class StrictAws implements AutoCloseable {
    public static final String OUR_KEY = "AKIAOURS";
    public static final String OUR_SECRET = "our-secret";
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String SESSION_SECRET = "session-secret";

    /** What the authorizer asks. */
    enum Service {
        DYNAMODB, STS, EC2
    }

    /** Answers in place of a service. */
    @FunctionalInterface
    interface Fault {
        /** Answers; returns true if the service itself shall answer after all. */
        boolean answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Service, Fault> faults = new HashMap<>();
    /** The calls that came, in their order. */
    final List<Service> calls = Collections.synchronizedList(new ArrayList<>());
    /** What was wrong with signatures; each makes the call fail, too. */
    final List<String> wrongs = Collections.synchronizedList(new ArrayList<>());
    /** The external id that the role wants. */
    String wantedExternalId = Calls.EXTERNAL_ID;
    /** The external id that stands in the customers' table. */
    String givenExternalId = Calls.EXTERNAL_ID;
    String sessionEnd = "2030-01-01T00:15:00Z";
    boolean mayDescribe = true;
    private int sessions;

    StrictAws() throws IOException {
        this(HttpServer.create(LOOPBACK, 0), "http");
    }

    /** Over TLS, with a certificate for {@code localhost}. */
    public static StrictAws overTls(SSLContext identity) throws IOException {
        HttpsServer server = HttpsServer.create(LOOPBACK, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new StrictAws(server, "https");
    }

    private StrictAws(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public URI url() {
        return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
    }

    void fails(Service service, Fault fault) {
        faults.put(service, fault);
    }

    void recovers() {
        faults.clear();
    }

    /** Answers with a status and a text. */
    static Fault with(int status, String body) {
        return exchange -> {
            send(exchange, status, body);
            return false;
        };
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Service service = service(exchange);
            calls.add(service);
            String wrong = wrongWithSignature(exchange, body);
            if (wrong != null) {
                wrongs.add(wrong);
                send(exchange, 403, error("SignatureDoesNotMatch"));
                return;
            }
            Fault fault = faults.get(service);
            if (fault == null || fault.answer(exchange)) {
                answer(exchange, service, new String(body, StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Service service(HttpExchange exchange) {
        String scope = exchange.getRequestHeaders().getFirst("Authorization").split("[/,]", -1)[3];
        return switch (scope) {
            case "dynamodb" -> Service.DYNAMODB;
            case "sts" -> Service.STS;
            case "ec2" -> Service.EC2;
            default -> throw new IllegalStateException("signed for " + scope);
        };
    }

    private void answer(HttpExchange exchange, Service service, String body) throws IOException {
        switch (service) {
            case DYNAMODB -> dynamo(exchange, body);
            case STS -> sts(exchange, form(body));
            case EC2 -> ec2(exchange, form(body));
        }
    }

    private void dynamo(HttpExchange exchange, String body) throws IOException {
        boolean asked = "DynamoDB_20120810.GetItem".equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                && body.contains("\"Key\":{\"VPCID\":{\"S\":\"" + Calls.VPC + "\"}}");
        send(exchange, 200, asked
                ? """
                        {"Item":{"VPCID":{"S":"%s"},"RemoteRoleARN":{"S":"%s"},"ExternalId":{"S":"%s"}}}"""
                    .formatted(Calls.VPC, Calls.ROLE_ARN, givenExternalId)
                : "{}");
    }

    private void sts(HttpExchange exchange, Map<String, String> form) throws IOException {
        Map<String, String> wanted = Map.of("Action", "AssumeRole", "Version", "2011-06-15", "RoleArn", Calls.ROLE_ARN,
                "RoleSessionName", "SovereignKeyApi", "DurationSeconds", "900", "ExternalId", wantedExternalId);
        if (!form.equals(wanted)) {
            send(exchange, 403, error("AccessDenied"));
            return;
        }
        sessions++;
        send(exchange, 200, """
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
                <AccessKeyId>ASIASESSION%d</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
                <SessionToken>token-%d</SessionToken><Expiration>%s</Expiration>
                </Credentials></AssumeRoleResult></AssumeRoleResponse>""".formatted(sessions, SESSION_SECRET, sessions,
                sessionEnd));
    }

    private void ec2(HttpExchange exchange, Map<String, String> form) throws IOException {
        String token = exchange.getRequestHeaders().getFirst("X-Amz-Security-Token");
        if (!("token-" + sessions).equals(token)) {
            send(exchange, 400, error("RequestExpired"));
        } else if (!mayDescribe) {
            send(exchange, 403, error("UnauthorizedOperation"));
        } else if (!form.equals(Map.of("Action", "DescribeInstances", "Version", "2016-11-15", "InstanceId.1",
                Calls.INSTANCE_ID))) {
            send(exchange, 400, error("InvalidInstanceID.NotFound"));
        } else {
            send(exchange, 200, description("running"));
        }
    }

    static String description(String state) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                  <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
                  <reservationSet><item><reservationId>r-1</reservationId><instancesSet><item>
                    <instanceId>%s</instanceId>
                    <instanceState><code>16</code><name>%s</name></instanceState>
                    <privateIpAddress>%s</privateIpAddress><vpcId>%s</vpcId>
                    <networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><vpcId>%s</vpcId>
                      <privateIpAddressesSet><item><privateIpAddress>%s</privateIpAddress><primary>true</primary></item>
                      </privateIpAddressesSet>
                      <ipv6AddressesSet><item><ipv6Address>2001:db8::41</ipv6Address></item></ipv6AddressesSet>
                    </item></networkInterfaceSet>
                  </item></instancesSet></item></reservationSet>
                </DescribeInstancesResponse>"""
            .formatted(Calls.INSTANCE_ID, state, Calls.IP, Calls.VPC, Calls.VPC, Calls.IP);
    }

    /** An error in the forms of STS and EC2 at once. */
    static String error(String code) {
        return "<Response><Errors><Error><Code>" + code + "</Code><Message>with a secret</Message></Error></Errors>"
                + "<Error><Code>" + code + "</Code><Message>with a secret</Message></Error></Response>";
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static Map<String, String> form(String body) {
        return Stream.of(body.split("&", -1))
            .map(pair -> pair.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    /** Signature Version 4, worked out anew from what arrived; null if it is right. */
    private static @Nullable String wrongWithSignature(HttpExchange exchange, byte[] body) {
        String[] authorization = exchange.getRequestHeaders().getFirst("Authorization").split("[ ,]+", -1);
        String[] scope = authorization[1].split("[=/]", -1);
        String signedHeaders = authorization[2].split("=", 2)[1];
        String secret = scope[1].equals(OUR_KEY) ? OUR_SECRET : SESSION_SECRET;
        String date = exchange.getRequestHeaders().getFirst("X-Amz-Date");
        if (!List.of(signedHeaders.split(";", -1)).contains("host")) {
            return "host is not signed";
        }
        String canonicalHeaders = Stream.of(signedHeaders.split(";", -1))
            .map(name -> name + ':' + String.join(",", exchange.getRequestHeaders().get(name)).strip() + '\n')
            .collect(Collectors.joining());
        String canonical = String.join("\n", exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), "",
                canonicalHeaders, signedHeaders, sha256(body));
        String toSign = String.join("\n", "AWS4-HMAC-SHA256", date,
                String.join("/", scope[2], scope[3], scope[4], scope[5]),
                sha256(canonical.getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String step : List.of(scope[2], scope[3], scope[4], scope[5])) {
            key = hmac(key, step);
        }
        String signature = "Signature=" + HexFormat.of().formatHex(hmac(key, toSign));
        return signature.equals(authorization[3]) ? null : "wrong signature of " + canonical;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
