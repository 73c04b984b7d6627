/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.FaultyWay;
import org.sovereignkeys.aws.FaultyWay.Fault;

import static org.assertj.core.api.Assertions.assertThat;

/** Customers who call for the first time while DynamoDB or S3 is not well: nothing of them is known yet. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // the fields are set before the first test
class NewCustomersIT {
    private static final Predicate<String> DYNAMODB = "/"::equals;
    private static final Predicate<String> S3 = DYNAMODB.negate();
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(10);
    private static final int CALLERS = 8;
    private static final String VOLUME = "volume-1";

    @TempDir
    static Path folder;

    private final AwsServer aws = AwsServer.moto();
    private String bucket;
    private String table;
    private FaultyWay way;
    private ServiceHome home;
    private ServiceProcess service;
    private int newcomers;

    @BeforeAll
    void start() {
        bucket = aws.newBucket();
        table = aws.newTable("VPCID");
        way = new FaultyWay(aws.url());
        home = ServiceHome.make(folder, "cloudhsm");
        home.keepOnAws(AwsServer.at(way.url()), table, bucket);
        service = ServiceProcess.ready(home);
    }

    @AfterAll
    void stop() {
        service.close();
        way.close();
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aNewCustomerGetsOneKeyWhileS3Is(Fault fault) {
        Instance newcomer = Instance.of(service, newCustomer());
        newcomer.signingKey();
        way.fail(fault, S3);
        List<Answer> answers = callAtOnce(() -> newcomer.generate(VOLUME));
        way.fail(Fault.NONE);

        assertThat(answers).allSatisfy(NewCustomersIT::isServedOrToldToComeAgain);
        assertThat(entriesOfSuccess(newcomer)).isGreaterThanOrEqualTo(served(answers));
        awaitServed(() -> newcomer.generate(VOLUME));
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).allSatisfy(generated -> assertThat(
                Instance.open(newcomer.decrypt(VOLUME, generated.text("encrypted_secret")).text("wrapped_secret")))
            .isEqualTo(Instance.open(generated.text("wrapped_secret"))));
        assertThat(aws.s3().listObjectVersions(list -> list.bucket(bucket).prefix(newcomer.vpcId())).versions())
            .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aNewCustomerIsServedSoonAfterDynamoDbWas(Fault fault) {
        Instance newcomer = Instance.of(service, newCustomer());
        way.fail(fault, DYNAMODB);
        List<Answer> answers = callAtOnce(() -> newcomer.generate(VOLUME));
        way.fail(Fault.NONE);

        assertThat(answers).allSatisfy(NewCustomersIT::isServedOrToldToComeAgain);
        awaitServed(() -> newcomer.generate(VOLUME));
    }

    private String newCustomer() {
        String vpcId = String.format(Locale.ROOT, "vpc-%08x", ++newcomers);
        aws.dynamoDb()
            .putItem(put -> put.tableName(table)
                .item(Map.of("VPCID", AttributeValue.fromS(vpcId), "RemoteRoleARN",
                        AttributeValue.fromS("arn:aws:iam::403000000000:role/sovereign"))));
        return vpcId;
    }

    private static List<Answer> callAtOnce(Supplier<Answer> call) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                calls.add(threads.submit(() -> inTime(call)));
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : calls) {
                answers.add(answer.get());
            }
            return answers;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Answer inTime(Supplier<Answer> call) {
        long start = System.nanoTime();
        Answer answer = call.get();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_CALL);
        return answer;
    }

    private static void isServedOrToldToComeAgain(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isIn(200, 503);
        if (answer.status() == 503) {
            assertThat(answer.header("Retry-After")).isNotEmpty();
        }
    }

    private static void awaitServed(Supplier<Answer> call) {
        ServiceProcess.await("served again", LONGEST_RECOVERY, () -> call.get().status() == 200);
    }

    private long entriesOfSuccess(Instance caller) {
        AuditFolder log = new AuditFolder(home.logFolder());
        ServiceProcess.await("a log without gap", () -> log.isWhole(caller.vpcId()));
        return log.entries(caller.vpcId())
            .stream()
            .filter(entry -> "Succeed".equals(entry.get("result").asString()))
            .count();
    }

    private static long served(List<Answer> answers) {
        return answers.stream().filter(answer -> answer.status() == 200).count();
    }
}
