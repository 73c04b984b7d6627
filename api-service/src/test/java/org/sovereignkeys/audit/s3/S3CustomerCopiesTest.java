/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.audit.MemoryAuditStore;
import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.aws.FaultyWay;
import org.sovereignkeys.aws.FaultyWay.Fault;
import org.sovereignkeys.aws.StrictAws;
import org.sovereignkeys.configuration.AuditCopy;
import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.sovereignkeys.audit.Entries.OTHER_VPC;
import static org.sovereignkeys.audit.Entries.VPC;

/** Copies made with the rights of an existing customer's role, and nothing more, over a way that can be disturbed. */
@ExtendWith(OutputCaptureExtension.class)
class S3CustomerCopiesTest {
    private static final StrictAws AWS = StrictAws.start();
    private static final String ROLE = "arn:aws:iam::403000000000:role/sovereign";
    private static final String OTHER_ROLE = "arn:aws:iam::404000000000:role/sovereign";
    private static final Duration NO_TIME = Duration.ofMillis(1500);

    private final S3Client owner = AWS.server().s3();
    private final FaultyWay way = new FaultyWay(AWS.server().url());
    private final MemoryAuditStore log = new MemoryAuditStore() {
        @Override
        public Optional<byte[]> read(VpcId vpcId, long number) {
            if (number == unreadable) {
                throw new AuditUnavailableException("archived", null);
            }
            return super.read(vpcId, number);
        }
    };
    private final Set<VpcId> broken = ConcurrentHashMap.newKeySet();
    private final Map<VpcId, Customer> customers = new ConcurrentHashMap<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String bucket = AWS.server().newBucket();
    private final String otherBucket = AWS.server().newBucket();
    private volatile boolean customersAway;
    private volatile long unreadable;
    private RoleSessions sessions;
    private S3CustomerCopies copies;

    @BeforeEach
    void start() {
        AWS.removeRoles();
        AWS.addRole(ROLE, "external-1", bucket);
        AWS.addRole(OTHER_ROLE, null, otherBucket);
        customers.put(VPC, new Customer(VPC, ROLE, null, bucket, "external-1"));
        customers.put(OTHER_VPC, new Customer(OTHER_VPC, OTHER_ROLE, null, otherBucket, null));
        open(AuditCopy.BACKGROUND);
    }

    private void open(AuditCopy policy) {
        AwsServer disturbed = AwsServer.at(way.url());
        sessions = new RoleSessions(disturbed.sts(), new Dependency("STS", new SimpleMeterRegistry()));
        CustomerDirectory directory = vpcId -> {
            if (customersAway || broken.contains(vpcId)) {
                throw new CustomerDirectoryUnavailableException("away", new IllegalStateException());
            }
            return Optional.ofNullable(customers.get(vpcId));
        };
        copies = new S3CustomerCopies(policy, directory, new CustomerBuckets(disturbed.customersBuckets(), sessions),
                log, CopyBacklog.NONE, meters);
    }

    @AfterEach
    void stop() {
        copies.close();
        sessions.close();
        way.close();
    }

    @Test
    void aCopyIsThereBeforeTheAnswer() {
        long number = appendWithCopy(bucket, VPC, 20);

        assertThat(copyOf(bucket, VPC, number)).hasValue(log.read(VPC, number).orElseThrow());
        Awaitility.await().until(() -> pending(VPC) == 0);
    }

    @Test
    void aCopyThatIsThereAlreadyIsLetBe() {
        append(VPC, 1);
        copies.copy(VPC, 1, "another".getBytes(StandardCharsets.US_ASCII), () -> {});

        assertThat(copyOf(bucket, VPC, 1)).hasValue(log.read(VPC, 1).orElseThrow());
        assertThat(pending(VPC)).isZero();
        assertThat(lag(VPC)).isZero();
    }

    @Test
    void aCustomerWithoutBucketHasNoCopy() {
        customers.put(VPC, new Customer(VPC, ROLE, null, null, "external-1"));
        append(VPC, 1);
        copies.copyLater(VPC, 1, () -> {});

        assertThat(way.calls()).isZero();
        assertThat(meters.find("sovereign_keys.audit.copy.pending").gauges()).isEmpty();
    }

    @Test
    void aRoleThatCannotBeAssumedHoldsUpNoCallAndIsTriedAgain() {
        customers.put(VPC, new Customer(VPC, ROLE, null, bucket, "wrong"));
        assertThat(timeOf(() -> append(VPC, 1))).isLessThan(NO_TIME);
        assertThat(pending(VPC)).isEqualTo(1);
        Awaitility.await().until(() -> lag(VPC) > 0);
        assertThat(longestLag()).isPositive();

        customers.put(VPC, new Customer(VPC, ROLE, null, bucket, "external-1"));
        awaitCopies(bucket, VPC, 1, 1);
        Awaitility.await().until(() -> lag(VPC) == 0 && pending(VPC) == 0);
        assertThat(longestLag()).isZero();
    }

    @Test
    void aRoleThatMayNotPutIsTriedUntilItMay() {
        AWS.removeRoles();
        AWS.addRole(ROLE, "external-1", "elsewhere");
        append(VPC, 1);
        assertThat(copyOf(bucket, VPC, 1)).isEmpty();

        AWS.removeRoles();
        AWS.addRole(ROLE, "external-1", bucket);
        awaitCopies(bucket, VPC, 1, 1);
    }

    @Test
    void whatTakesTooLongGoesOnInTheBackgroundAndTheNextCallsDoNotWait() {
        way.fail(Fault.HANGING, path -> path.startsWith("/" + bucket));
        assertThat(timeOf(() -> append(VPC, 1))).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(15));
        List<Duration> times = new ArrayList<>();
        for (long number = 2; number <= 20; number++) {
            long next = number;
            times.add(timeOf(() -> append(VPC, next)));
        }
        assertThat(median(times)).isLessThan(NO_TIME);
        way.fail(Fault.NONE);

        awaitCopies(bucket, VPC, 1, 20);
    }

    @Test
    void aBucketThatHangsSlowsNoOtherCustomer() {
        way.fail(Fault.HANGING, path -> path.startsWith("/" + bucket));
        append(OTHER_VPC, 1);
        int before = way.calls();
        for (int i = 1; i <= 200; i++) {
            long number = i;
            Thread.startVirtualThread(() -> append(VPC, number));
        }
        Awaitility.await().until(() -> way.calls() > before + 50);
        List<Duration> times = new ArrayList<>();
        int copiedAtOnce = 0;
        for (long number = 2; number <= 21; number++) {
            long next = number;
            times.add(timeOf(() -> append(OTHER_VPC, next)));
            copiedAtOnce += copyOf(otherBucket, OTHER_VPC, next).isPresent() ? 1 : 0;
        }
        assertThat(median(times)).isLessThan(Duration.ofSeconds(1));
        assertThat(copiedAtOnce).isGreaterThan(times.size() / 2);
    }

    /** On a busy machine one call may take long by itself. */
    private static Duration median(List<Duration> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    @Test
    void aBucketThatWasAwayCatchesUpByteForByte() {
        append(VPC, 1);
        way.vanish();
        for (long number = 2; number <= 300; number++) {
            append(VPC, number);
        }
        assertThat(pending(VPC)).isEqualTo(299);
        way.comeBack();

        awaitCopies(bucket, VPC, 1, 300);
        Awaitility.await().until(() -> pending(VPC) == 0 && lag(VPC) == 0);
        appendWithCopy(bucket, VPC, 301);
    }

    @Test
    void anAnswerThatWasLostDoesNotMatter() {
        way.fail(Fault.SERVED_UNANSWERED, path -> path.startsWith("/" + bucket));
        append(VPC, 1);
        assertThat(copyOf(bucket, VPC, 1)).isPresent();
        way.fail(Fault.NONE);

        Awaitility.await().until(() -> pending(VPC) == 0 && lag(VPC) == 0);
    }

    @Test
    void anEntryThatIsGoneFromTheLogIsGivenUp() {
        copies.copyLater(VPC, 7, () -> {});

        Awaitility.await()
            .until(() -> meters.find("sovereign_keys.audit.copy.pending").gauge() != null && pending(VPC) == 0);
        assertThat(copyOf(bucket, VPC, 7)).isEmpty();
    }

    @Test
    void whoKeepsNoCopyForAMomentLosesNothing() {
        way.fail(Fault.FAILING);
        LongStream.rangeClosed(1, 40).forEach(number -> append(VPC, number));
        Customer customer = customers.remove(VPC);
        way.fail(Fault.NONE);
        Awaitility.await().until(() -> lag(VPC) == 0);
        assertThat(pending(VPC)).isPositive();
        customers.put(VPC, customer);

        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> pending(VPC) == 0);
        awaitCopies(bucket, VPC, 1, 40);
    }

    @Test
    void aSlowPutThatSucceedsLeavesNoLag(CapturedOutput output) {
        slowPut(new AtomicLong(), output);

        Awaitility.await().until(() -> pending(VPC) == 0);
        assertThat(lag(VPC)).isZero();
    }

    @Test
    void aSlowPutLeavesNoLagWhereCallsAreAlwaysInFlight(CapturedOutput output) throws InterruptedException {
        AtomicLong last = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(Thread.startVirtualThread(() -> {
                while (!over.get()) {
                    append(VPC, last.incrementAndGet());
                }
            }));
        }
        slowPut(last, output);

        Awaitility.await().until(() -> lag(VPC) == 0);
        over.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** The bucket takes an entry after 2.3 seconds, which is longer than a call waits; so it is behind for a moment. */
    private void slowPut(AtomicLong last, CapturedOutput output) {
        do {
            long number = last.incrementAndGet();
            way.fail(Fault.SLOWER, path -> path.equals("/" + bucket + "/" + EntryKeys.key(VPC, number)));
            append(VPC, number);
        } while (!output.getOut().contains("The copy of the log of " + VPC + " is behind"));
    }

    @Test
    void anEntryThatCannotBeReadHoldsUpNoOther() {
        LongStream.rangeClosed(1, 100).forEach(number -> store(VPC, number));
        unreadable = 3;
        LongStream.rangeClosed(1, 100).forEach(number -> copies.copyLater(VPC, number, () -> {}));

        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> pending(VPC) == 1);
        assertThat(lag(VPC)).isPositive();
        long last = appendWithCopy(bucket, VPC, 101);
        unreadable = 0;
        awaitCopies(bucket, VPC, 1, last);
    }

    @Test
    void aCustomerWhoseRecordIsBrokenHoldsUpNoOther() {
        store(VPC, 1);
        store(OTHER_VPC, 1);
        broken.add(VPC);
        copies.start();

        awaitCopies(otherBucket, OTHER_VPC, 1, 1);
        broken.clear();
        awaitCopies(bucket, VPC, 1, 1);
    }

    @Test
    void whenTheCustomersAreUnknownTheCopyIsMadeLater() {
        customersAway = true;
        append(VPC, 1);
        customersAway = false;

        awaitCopies(bucket, VPC, 1, 1);
    }

    @Test
    void afterAStartTheLastThousandArePutAgain() {
        LongStream.rangeClosed(1, 1_010).filter(number -> number != 500).forEach(number -> store(VPC, number));
        store(OTHER_VPC, 1);
        log.failTails(1);
        copies.start();

        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(copyOf(bucket, VPC, 1_010)).isPresent());
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> pending(VPC) == 0);
        assertThat(copyOf(bucket, VPC, 10)).isEmpty();
        assertThat(copyOf(bucket, VPC, 11)).hasValue(log.read(VPC, 11).orElseThrow());
        assertThat(copyOf(bucket, VPC, 500)).isEmpty();
        awaitCopies(otherBucket, OTHER_VPC, 1, 1);
    }

    @Test
    void aRequiredCopyThatCannotBeMadeRefusesTheAnswer() {
        copies.close();
        open(AuditCopy.REQUIRED);
        way.fail(Fault.FAILING, path -> path.startsWith("/" + bucket));

        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> append(VPC, 1));
        assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> append(VPC, 2));
        append(OTHER_VPC, 1);
        way.fail(Fault.NONE);
        append(VPC, 3);
        assertThat(copyOf(bucket, VPC, 3)).isPresent();
        awaitCopies(bucket, VPC, 1, 3);
    }

    private void store(VpcId vpcId, long number) {
        log.putIfAbsent(vpcId, number, ("entry " + number + " of " + vpcId).getBytes(StandardCharsets.US_ASCII));
    }

    private void append(VpcId vpcId, long number) {
        store(vpcId, number);
        copies.copy(vpcId, number, log.read(vpcId, number).orElseThrow(), () -> {});
    }

    /**
     * Appends until the copy is there before the answer, ten entries at most: on a busy machine the first take longer than a
     * call waits.
     *
     * @return the number
     */
    private long appendWithCopy(String where, VpcId vpcId, long first) {
        for (long number = first; number < first + 10; number++) {
            append(vpcId, number);
            if (copyOf(where, vpcId, number).isPresent()) {
                return number;
            }
        }
        throw new AssertionError("no copy was there before the answer");
    }

    private void awaitCopies(String where, VpcId vpcId, long first, long last) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            for (long number = last; number >= first; number--) {
                assertThat(copyOf(where, vpcId, number)).hasValue(log.read(vpcId, number).orElseThrow());
            }
        });
    }

    private Optional<byte[]> copyOf(String where, VpcId vpcId, long number) {
        try {
            return Optional.of(owner.getObjectAsBytes(get -> get.bucket(where).key(EntryKeys.key(vpcId, number)))
                .asByteArray());
        } catch (NoSuchKeyException _) {
            return Optional.empty();
        }
    }

    private double pending(VpcId vpcId) {
        return meters.get("sovereign_keys.audit.copy.pending").tag("vpc_id", vpcId.value()).gauge().value();
    }

    private double longestLag() {
        return meters.get("sovereign_keys.audit.copy.longest_lag").gauge().value();
    }

    private double lag(VpcId vpcId) {
        return meters.get("sovereign_keys.audit.copy.lag").tag("vpc_id", vpcId.value()).gauge().value();
    }

    private static Duration timeOf(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
