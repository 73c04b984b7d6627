/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.lambda;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.sovereignkeys.authorizer.Calls;
import org.sovereignkeys.authorizer.aws.StrictAws;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The jar as Lambda runs it: Lambda's own runtime client, in a process of its own, against services over TLS. Prints what
 * stands in the README; the property {@code cold-start.rounds} says how often each is measured.
 */
class ColdStartIT {
    private static final int ROUNDS = Integer.getInteger("cold-start.rounds", 3);
    /** For a decision whose time passes on a busy machine. */
    private static final int ATTEMPTS = 5;
    private static final String NOT_NOW = "\"errorMessage\":\"The caller cannot be checked now\"";
    private static final Path JAR = Path.of(System.getProperty("authorizer.jar", ""));
    private static final String PASSWORD = "changeit";
    private static final List<String> HOOKS = List.of(
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    /** What Lambda's managed runtime starts Java with, as far as it matters here. */
    private static final List<String> AS_LAMBDA = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    /** Where Lambda's runtime client finds its native part; else it unpacks it under a fixed name in /tmp, once a machine. */
    private static final String NATIVE_PART = "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

    @TempDir
    static Path folder;
    private static StrictAws services;

    @BeforeAll
    static void servicesOverTls() throws IOException, GeneralSecurityException, InterruptedException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Path store = folder.resolve("identity.p12");
        Process keytool = new ProcessBuilder(java("keytool"), "-genkeypair", "-alias", "aws", "-keyalg", "EC",
                "-groupname",
                "secp256r1", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-storetype", "PKCS12", "-keystore",
                store.toString(), "-storepass", PASSWORD)
            .inheritIO()
            .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext identity = SSLContext.getInstance("TLS");
        identity.init(managers.getKeyManagers(), null, null);
        services = StrictAws.overTls(identity);
    }

    @BeforeAll
    static void nativePartOfTheRuntimeClient() throws IOException {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        String name = "/jni/libaws-lambda-jni.linux-" + architecture + ".so";
        try (InputStream in = AWSLambda.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            Files.copy(in, folder.resolve("native.so"));
        }
    }

    @AfterAll
    static void end() {
        services.close();
    }

    @BeforeEach
    void theJarIsThere() {
        assertThat(JAR).isRegularFile();
    }

    private static String java(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    @Test
    void theJarIsSmall() throws IOException {
        System.out.printf("authorizer: jar %.1f MB%n", Files.size(JAR) / 1e6);
        assertThat(Files.size(JAR)).isLessThan(9_000_000);
    }

    @Test
    void theFirstDecisionOfAColdStartIsMade() throws IOException, InterruptedException {
        List<Long> plain = new ArrayList<>();
        List<Long> asLambda = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            plain.add(timeToAllow(ColdStartIT::coldStart, List.of()));
            asLambda.add(timeToAllow(ColdStartIT::coldStart, AS_LAMBDA));
        }
        report("JVM start to first decision, plain", plain);
        report("JVM start to first decision, as Lambda starts Java", asLambda);
    }

    @Test
    void theFirstDecisionAfterARestoreIsMade() throws IOException, InterruptedException {
        List<Long> primed = new ArrayList<>();
        List<Long> notPrimed = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            primed.add(timeToAllow(ColdStartIT::restore, Stream.concat(AS_LAMBDA.stream(), HOOKS.stream()).toList()));
            notPrimed.add(timeToAllow(ColdStartIT::restore, AS_LAMBDA));
        }
        report("restore to first decision, primed", primed);
        report("restore to first decision, hooks not called", notPrimed);
    }

    @Test
    void aRefusalReachesTheGatewayAsTheMessageThatItLooksFor() throws IOException, InterruptedException {
        try (LocalRuntime lambda = new LocalRuntime()) {
            Process function = start(lambda, AS_LAMBDA, "on-demand");
            try {
                assertThat(refusal(lambda)).startsWith("error {").contains("\"errorMessage\":\"Unauthorized\"");
                lambda.send("{}");
                assertThat(lambda.answer()).startsWith("error {").contains(NOT_NOW);
            } finally {
                stop(function);
            }
        }
        assertThat(Files.readString(folder.resolve("function.log")))
            .contains("{\"level\":\"WARN\",\"decision\":\"refuse\",\"reason\":\"address-of-another\"")
            .doesNotContain("SLF4J", "a-token");
    }

    private static String refusal(LocalRuntime lambda) throws InterruptedException {
        String answer = NOT_NOW;
        for (int attempt = 0; answer.contains(NOT_NOW) && attempt < ATTEMPTS; attempt++) {
            lambda.send(Calls.decrypt(Calls.INSTANCE_ID).with("sourceIp", "10.42.0.42").json());
            answer = lambda.answer();
        }
        return answer;
    }

    @FunctionalInterface
    private interface Round {
        /** The first decision of a new process. */
        Decision play(List<String> options) throws IOException, InterruptedException;
    }

    private record Decision(String answer, long millis) {}

    private static long timeToAllow(Round round, List<String> options) throws IOException, InterruptedException {
        Decision decision = round.play(options);
        for (int attempt = 1; decision.answer().contains(NOT_NOW) && attempt < ATTEMPTS; attempt++) {
            decision = round.play(options);
        }
        assertThat(decision.answer()).startsWith("response {").contains("\"Effect\":\"Allow\"");
        return decision.millis();
    }

    private static Decision coldStart(List<String> options) throws IOException, InterruptedException {
        try (LocalRuntime lambda = new LocalRuntime()) {
            lambda.send(Calls.decrypt(Calls.INSTANCE_ID).json());
            long start = System.nanoTime();
            Process function = start(lambda, options, "on-demand");
            try {
                return decision(lambda, start);
            } finally {
                stop(function);
            }
        }
    }

    private static Decision restore(List<String> options) throws IOException, InterruptedException {
        try (LocalRuntime lambda = new LocalRuntime()) {
            lambda.send(Calls.decrypt(Calls.INSTANCE_ID).json());
            Process function = start(lambda, options, "snap-start");
            try {
                lambda.awaitSnapshot();
                TimeUnit.MILLISECONDS.sleep(200);
                long start = System.nanoTime();
                lambda.restore();
                return decision(lambda, start);
            } finally {
                stop(function);
            }
        }
    }

    private static Decision decision(LocalRuntime lambda, long start) throws InterruptedException {
        String answer = lambda.answer();
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        return new Decision(answer, millis);
    }

    private static Process start(LocalRuntime lambda, List<String> options, String initialization) throws IOException {
        List<String> command = new ArrayList<>(List.of(java("java"), "--enable-native-access=ALL-UNNAMED",
                "-D" + NATIVE_PART + "=" + folder.resolve("native.so"),
                "-Djavax.net.ssl.trustStore=" + folder.resolve("identity.p12"),
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), AWSLambda.class.getName(),
                AuthorizerHandler.class.getName()));
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(folder.resolve("function.log").toFile());
        Map<String, String> environment = process.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("JAVA_"));
        environment.putAll(Map.of("AWS_LAMBDA_RUNTIME_API", lambda.address(), "AWS_LAMBDA_INITIALIZATION_TYPE",
                initialization, "AWS_LAMBDA_FUNCTION_NAME", "authorizer", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                "AWS_REGION", "eu-west-3", "AWS_ACCESS_KEY_ID", StrictAws.OUR_KEY, "AWS_SECRET_ACCESS_KEY",
                StrictAws.OUR_SECRET, "AWS_ENDPOINT_URL", services.url().toString(), "VPC_INFOS_TABLE", "customers",
                "_HANDLER", AuthorizerHandler.class.getName()));
        return process.start();
    }

    /** The shaded jar, and the runtime client with its own dependencies as this test has them. */
    private static String classPath() {
        return Stream.concat(Stream.of(JAR.toString()),
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(entry -> entry.contains("aws-lambda-java-")))
            .collect(Collectors.joining(File.pathSeparator));
    }

    private static void stop(Process function) throws InterruptedException {
        function.destroy();
        if (!function.waitFor(5, TimeUnit.SECONDS)) {
            function.destroyForcibly();
        }
    }

    private static void report(String what, List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        System.out.printf("authorizer: %s: median %d ms, least %d, most %d, of %d%n", what,
                sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast(), sorted.size());
    }
}
