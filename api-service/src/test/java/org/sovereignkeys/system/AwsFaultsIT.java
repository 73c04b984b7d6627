/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.sovereignkeys.aws.FaultyWay;
import org.sovereignkeys.aws.FaultyWay.Fault;
import org.sovereignkeys.system.ServiceOnAws.Answers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each of S3, DynamoDB and STS fails in each manner under load. So does a customer's bucket. Nearly all of that is waiting,
 * so the four are tried at the same time, each with a service and stores of its own; the trials of one come one after another.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // fields are set before the first test
class AwsFaultsIT {
    private static final Duration FAULT_LENGTH = Duration.ofSeconds(6);
    private static final Duration ABSENCE = Duration.ofSeconds(30);

    enum Dependency {
        S3, DYNAMODB, STS
    }

    /** What becomes of a dependency, and for how long. */
    enum Trial {
        SLOW(Fault.SLOW), FAILING(Fault.FAILING), SLOW_DOWN(Fault.SLOW_DOWN), CUT(Fault.CUT), HANGING(Fault.HANGING),
        /** Nothing listens there any more. */
        GONE(Fault.NONE);

        private final Fault fault;

        Trial(Fault fault) {
            this.fault = fault;
        }

        Duration length() {
            return switch (this) {
                case GONE -> ABSENCE;
                case HANGING -> ServiceOnAws.LONGEST_CALL; // so that some calls are answered meanwhile
                default -> FAULT_LENGTH;
            };
        }

        void begin(FaultyWay way) {
            if (this == GONE) {
                way.vanish();
            } else {
                way.fail(fault);
            }
        }

        void end(FaultyWay way) {
            if (this == GONE) {
                way.comeBack();
            } else {
                way.fail(Fault.NONE);
            }
        }
    }

    private final Map<Dependency, Line> lines = new EnumMap<>(Dependency.class);
    private Line buckets;
    private Future<?> outcomeOfACustomersBucket;
    private Future<?> outcomeOfARestart;

    /** A service, and what is tried with it, one after another. */
    private static final class Line implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Future<ServiceOnAws> service;
        private final Map<Trial, Future<?>> outcomes = new EnumMap<>(Trial.class);

        Line(Path folder) {
            service = thread.submit(() -> start(folder));
        }

        /** One after another: together they would be slow, and miss the limits of the calls that fill their stores. */
        private static synchronized ServiceOnAws start(Path folder) {
            return new ServiceOnAws(folder);
        }

        Future<?> add(Attempt attempt) {
            return thread.submit(() -> {
                attempt.with(service.get());
                return null;
            });
        }

        @Override
        public void close() {
            thread.shutdownNow();
            thread.close();
            if (service.state() == Future.State.SUCCESS) {
                service.resultNow().close();
            }
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void with(ServiceOnAws service) throws Exception;
    }

    @BeforeAll
    void begin(@TempDir Path folder) {
        for (Dependency dependency : Dependency.values()) {
            Line line = new Line(folder.resolve(dependency.name()));
            lines.put(dependency, line);
            for (Trial trial : Trial.values()) {
                line.outcomes.put(trial, line.add(service -> tryOut(service, dependency, trial)));
            }
        }
        buckets = new Line(folder.resolve("buckets"));
        outcomeOfARestart = buckets.add(AwsFaultsIT::tryOutARestart);
        outcomeOfACustomersBucket = buckets.add(AwsFaultsIT::tryOutACustomersBucket);
    }

    @AfterAll
    void stop() {
        lines.values().forEach(Line::close);
        buckets.close();
    }

    private Line line(Dependency dependency) {
        return Objects.requireNonNull(lines.get(dependency));
    }

    private static void await(Future<?> outcome) throws Throwable {
        try {
            outcome.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private static Stream<Arguments> cases() {
        return Stream.of(Trial.values())
            .flatMap(trial -> Stream.of(Dependency.values()).map(dependency -> Arguments.of(dependency, trial)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void aFaultCostsNoEntryAndHeals(Dependency dependency, Trial trial) throws Throwable {
        await(Objects.requireNonNull(line(dependency).outcomes.get(trial)));
    }

    private static void tryOut(ServiceOnAws service, Dependency dependency, Trial trial) throws Exception {
        FaultyWay way = way(service, dependency);
        Answers answers = service.underLoad(trial.length(), () -> trial.begin(way), () -> trial.end(way));

        if (trial != Trial.SLOW) {
            assertAnswersSuit(dependency, answers);
        }
        service.assertLogIsWhole(answers.newcomer());
    }

    private static FaultyWay way(ServiceOnAws service, Dependency dependency) {
        return switch (dependency) {
            case S3 -> service.s3();
            case DYNAMODB -> service.dynamoDb();
            case STS -> service.sts();
        };
    }

    /** Known customers are cached and copies made in the background; without S3 there is no log, and no answer. */
    private static void assertAnswersSuit(Dependency dependency, Answers answers) {
        assertThat(answers.ofKnown()).isNotEmpty();
        assertThat(answers.ofNewcomer()).isNotEmpty();
        int ofKnown = dependency == Dependency.S3 ? 503 : 200;
        int ofNewcomer = dependency == Dependency.STS ? 200 : 503;
        assertThat(answers.ofKnown()).allMatch(answer -> answer.status() == ofKnown);
        assertThat(answers.ofNewcomer()).allMatch(answer -> answer.status() == ofNewcomer);
    }

    @Test
    void aBucketOfACustomerThatIsAwayHoldsUpNobodyAndCatchesUp() throws Throwable {
        await(outcomeOfACustomersBucket);
    }

    private static void tryOutACustomersBucket(ServiceOnAws service) throws Exception {
        String bucket = service.copyOf(ServiceHome.VPC);
        Answers answers = service.underLoad(FAULT_LENGTH,
                () -> service.s3().fail(Fault.HANGING, path -> path.startsWith("/" + bucket)),
                () -> service.s3().fail(Fault.NONE));

        assertThat(answers.ofKnown()).isNotEmpty().allMatch(answer -> answer.status() == 200);
        service.assertLogIsWhole(answers.newcomer());
    }

    @Test
    void whatACustomersBucketLacksWhenTheNodeIsKilledItGetsAfterTheStart() throws Throwable {
        await(outcomeOfARestart);
    }

    private static void tryOutARestart(ServiceOnAws service) {
        String bucket = service.copyOf(ServiceHome.VPC);
        service.s3().fail(Fault.HANGING, path -> path.startsWith("/" + bucket));
        for (int i = 0; i < 10; i++) {
            assertThat(service.call(ServiceHome.VPC, "volume-" + i).status()).isEqualTo(200);
        }
        service.restart();
        service.s3().fail(Fault.NONE);

        service.assertLogIsWhole();
    }

    /** Said soon after a start, so before the last trial is over. */
    @ParameterizedTest
    @EnumSource
    void nothingIsWarnedOfWhenAllIsAsItShouldBe(Dependency dependency) throws Throwable {
        Line line = line(dependency);
        await(line.add(_ -> {}));

        assertThat(line.service.get().serviceLog()).doesNotContain("Object Lock", "is missing", "not versioned");
    }
}
