/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;

import org.sovereignkeys.aws.FaultyWay;
import org.sovereignkeys.aws.StrictAws;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service on an S3, DynamoDB and STS of its own, which grant what an existing customer's role grants and no more, and which
 * it reaches over ways that can be disturbed while calls run.
 */
final class ServiceOnAws implements AutoCloseable {
    static final Duration LONGEST_CALL = Duration.ofSeconds(10);
    private static final Duration TIME_TO_HEAL = Duration.ofSeconds(10);
    private static final int CALLERS_OF_A_VPC = 2;
    private static final List<String> VPCS = List.of(ServiceHome.VPC, ServiceHome.OTHER_VPC);

    private final StrictAws aws = StrictAws.start();
    private final S3Client owner = aws.server().s3();
    private final FaultyWay s3 = new FaultyWay(aws.server().url());
    private final FaultyWay dynamoDb = new FaultyWay(aws.server().url());
    private final FaultyWay sts = new FaultyWay(aws.server().url());
    private final String log = lockedBucket();
    private final Map<String, String> copies = new ConcurrentHashMap<>();
    private final String table = aws.server().newTable("VPCID");
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();
    /** How many entries of each VPC were looked at. */
    private final Map<String, Integer> examined = new HashMap<>();
    private final Path folder;
    private final ServiceHome home;
    private ServiceProcess service;
    private final PublicKey signingKey;

    /** Starts all that, and waits until it serves. */
    ServiceOnAws(Path folder) {
        this.folder = folder;
        home = ServiceHome.make(folder.resolve("home"), "proteccio");
        register(ServiceHome.VPC, "403000000000", "external-1");
        register(ServiceHome.OTHER_VPC, "404000000000", null);
        home.keepOnAws(aws.server(), table, lockedBucket());
        home.keepLogOnAws(log, Map.of("AWS_ENDPOINT_URL_S3", s3.url().toString(), "AWS_ENDPOINT_URL_DYNAMODB",
                dynamoDb.url().toString(), "AWS_ENDPOINT_URL_STS", sts.url().toString()));
        service = ServiceProcess.ready(home);
        signingKey = Instance.of(service, ServiceHome.VPC).signingKey();
    }

    @Override
    public void close() {
        service.close();
        Stream.of(s3, dynamoDb, sts).forEach(FaultyWay::close);
    }

    FaultyWay s3() {
        return s3;
    }

    FaultyWay dynamoDb() {
        return dynamoDb;
    }

    FaultyWay sts() {
        return sts;
    }

    /** What the service said. */
    String serviceLog() {
        return home.serviceLog();
    }

    /** Kills the service, and starts it again. */
    void restart() {
        service.kill();
        service.close();
        service = ServiceProcess.ready(home);
    }

    private String lockedBucket() {
        String bucket = aws.server().newBucket();
        owner.putObjectLockConfiguration(put -> put.bucket(bucket)
            .objectLockConfiguration(lock -> lock.objectLockEnabled(ObjectLockEnabled.ENABLED)
                .rule(rule -> rule.defaultRetention(
                        retention -> retention.mode(ObjectLockRetentionMode.COMPLIANCE).days(1)))));
        return bucket;
    }

    /** The bucket of a customer. */
    String copyOf(String vpc) {
        return Objects.requireNonNull(copies.get(vpc));
    }

    private void register(String vpc, String account, @Nullable String externalId) {
        copies.put(vpc, lockedBucket());
        String role = "arn:aws:iam::" + account + ":role/sovereign";
        aws.addRole(role, externalId, copyOf(vpc));
        Map<String, AttributeValue> item = new HashMap<>(Map.of("VPCID", AttributeValue.fromS(vpc), "RemoteRoleARN",
                AttributeValue.fromS(role), "AuditBucketName", AttributeValue.fromS(copyOf(vpc))));
        if (externalId != null) {
            item.put("ExternalId", AttributeValue.fromS(externalId));
        }
        aws.server().dynamoDb().putItem(put -> put.tableName(table).item(item));
    }

    /** What was answered while a fault was there; a customer who came meanwhile is counted apart. */
    record Answers(Queue<Answer> ofKnown, String newcomer, Queue<Answer> ofNewcomer) {}

    /** Lets a fault come and go while calls run. */
    Answers underLoad(Duration length, Runnable begin, Runnable end) throws Exception {
        answered.clear();
        Answers answers = new Answers(new ConcurrentLinkedQueue<>(), newcomer(), new ConcurrentLinkedQueue<>());
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicBoolean disturbed = new AtomicBoolean();
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (int i = 0; i < VPCS.size() * CALLERS_OF_A_VPC; i++) {
                    String vpc = VPCS.get(i % VPCS.size());
                    callers.add(threads.submit(() -> callWhile(running, disturbed, vpc, answers.ofKnown())));
                }
                Thread.sleep(Duration.ofSeconds(1));
                begin.run();
                disturbed.set(true);
                callers.add(threads
                    .submit(() -> callWhile(running, disturbed, answers.newcomer(), answers.ofNewcomer())));
                Thread.sleep(length);
                ServiceProcess.await("an answer while the fault is there", Duration.ofSeconds(60),
                        () -> !answers.ofKnown().isEmpty() && !answers.ofNewcomer().isEmpty());
                disturbed.set(false);
                end.run();
                ServiceProcess.await("all is well again", TIME_TO_HEAL, () -> servesAllCustomers(answers.newcomer()));
            } finally {
                running.set(false); // else the callers, who are waited for, would call for ever
                end.run();
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
        return answers;
    }

    private String newcomer() {
        String vpc = "vpc-0000000000000%04x".formatted(copies.size());
        register(vpc, "405000000%03d".formatted(copies.size()), "external-2");
        return vpc;
    }

    private boolean servesAllCustomers(String newcomer) {
        return service.send("GET", "/healthcheck", Map.of(), new byte[0]).status() == 204
                && Stream.concat(VPCS.stream(), Stream.of(newcomer))
                    .allMatch(vpc -> call(vpc, "after").status() == 200);
    }

    /** Notes the answers to calls that came and were answered while the fault was there. */
    private Void callWhile(AtomicBoolean running, AtomicBoolean disturbed, String vpc, Queue<Answer> answers)
            throws InterruptedException {
        while (running.get()) {
            boolean begunDisturbed = disturbed.get();
            Answer answer = call(vpc, "under-load");
            if (begunDisturbed && disturbed.get()) {
                answers.add(answer);
            }
            Thread.sleep(200);
        }
        return null;
    }

    /** Makes a call, which is answered in time, with a secret or that it is to be tried again. */
    Answer call(String vpc, String volume) {
        Instance instance = Instance.of(service, vpc);
        long start = System.nanoTime();
        Answer answer = instance.generate(volume);
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        assertThat(time).as("the time of " + answer).isLessThan(LONGEST_CALL);
        assertThat(answer.status()).as(answer.toString()).isIn(200, 503);
        if (answer.status() == 200) {
            answered.add(instance.id());
        } else {
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        return answer;
    }

    /** Nothing was answered without its entry, no number is missing, and customers have the very bytes. */
    void assertLogIsWhole(String... newcomers) {
        List<String> vpcs = Stream.concat(VPCS.stream(), Stream.of(newcomers)).toList();
        for (String vpc : vpcs) {
            ServiceProcess.await("the log of " + vpc + " is whole, and its copy the same", TIME_TO_HEAL, () -> {
                fetch(log, vpc, "log");
                fetch(copyOf(vpc), vpc, "copy");
                return new AuditFolder(folder.resolve("log")).isWhole(vpc) && isCopied(vpc);
            });
        }
        Set<String> recorded = vpcs.stream()
            .flatMap(vpc -> newEntries(vpc).stream())
            .peek(entry -> assertThat(AuditFolder.verifies(signingKey, entry)).isTrue())
            .filter(entry -> "Succeed".equals(entry.get("result").asString()))
            .map(ServiceOnAws::caller)
            .collect(Collectors.toSet());
        assertThat(recorded).containsAll(answered);
    }

    /** Those that have come since this was asked last. */
    private List<JsonNode> newEntries(String vpc) {
        List<JsonNode> entries = new AuditFolder(folder.resolve("log")).entries(vpc);
        int known = Objects.requireNonNullElse(examined.put(vpc, entries.size()), 0);
        return entries.subList(known, entries.size());
    }

    private static String caller(JsonNode entry) {
        return entry.get("caller").get("id").asString();
    }

    /** Brings what is new in a bucket into a folder. */
    private void fetch(String bucket, String vpc, String to) {
        try {
            Path target = Files.createDirectories(folder.resolve(to).resolve(vpc));
            for (S3Object object : owner.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(vpc + "/"))
                .contents()) {
                Path file = folder.resolve(to).resolve(object.key());
                if (!Files.exists(file)) {
                    Files.write(file,
                            owner.getObjectAsBytes(get -> get.bucket(bucket).key(object.key())).asByteArray());
                }
            }
            assertThat(target).isDirectory();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean isCopied(String vpc) {
        try (Stream<Path> files = Files.list(folder.resolve("log").resolve(vpc))) {
            for (Path file : files.toList()) {
                Path copy = folder.resolve("copy").resolve(vpc).resolve(file.getFileName());
                if (!Files.exists(copy)) {
                    return false;
                }
                assertThat(copy).hasSameBinaryContentAs(file);
            }
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
