/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class CachedCustomersTest {
    private static final VpcId VPC = new VpcId("vpc-0b1e8a8e776a87423");
    private static final Customer BEFORE = customer("before");
    private static final Customer AFTER = customer("after");

    private final AtomicLong nanos = new AtomicLong();
    private final Source source = new Source();
    private final AtomicInteger running = new AtomicInteger();
    private final CachedCustomers customers = new CachedCustomers(source, nanos::get, this::start);

    @Test
    void aCustomerIsReadOnceForManyCalls() {
        source.holds(BEFORE);

        for (int i = 0; i < 100; i++) {
            assertThat(customers.find(VPC)).hasValue(BEFORE);
        }
        assertThat(source.reads).hasValue(1);
    }

    @Test
    void aChangeIsSeenAfterAMinuteWithoutAWait() {
        isCached(BEFORE);
        source.holds(AFTER);
        CountDownLatch gate = source.waits();
        pass(Duration.ofSeconds(61));

        assertThat(customers.find(VPC)).hasValue(BEFORE);
        gate.countDown();
        settle();
        assertThat(customers.find(VPC)).hasValue(AFTER);
        assertThat(source.reads).hasValue(2);
    }

    @Test
    void nobodyWaitsForARefresh() {
        isCached(BEFORE);
        CountDownLatch gate = source.waits();
        pass(Duration.ofMinutes(14));

        for (int i = 0; i < 100; i++) {
            assertThat(customers.find(VPC)).hasValue(BEFORE);
        }
        gate.countDown();
    }

    @Test
    void aCustomerThatWasRemovedIsNoneAfterARefresh() {
        isCached(BEFORE);
        source.holdsNone();
        pass(Duration.ofSeconds(61));
        customers.find(VPC);
        settle();

        assertThat(customers.find(VPC)).isEmpty();
    }

    @Test
    void thatAVpcIsNoCustomerIsKeptForThirtySeconds() {
        customers.find(VPC);
        settle();
        source.holds(BEFORE);

        pass(Duration.ofSeconds(29));
        assertThat(customers.find(VPC)).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(customers.find(VPC)).hasValue(BEFORE);
    }

    @Test
    void aCustomerForWhomNobodyAsksIsReadAnewAfterFifteenMinutes() {
        isCached(BEFORE);
        source.holds(AFTER);
        pass(Duration.ofMinutes(15));

        assertThat(customers.find(VPC)).hasValue(AFTER);
    }

    @Test
    void theTimeCountsFromTheBeginningOfTheRead() {
        source.holds(BEFORE);
        source.duringARead(() -> pass(Duration.ofSeconds(3)));
        customers.find(VPC);
        settle();
        source.holds(AFTER);
        pass(Duration.ofMinutes(15).minusSeconds(3));

        assertThat(customers.find(VPC)).hasValue(AFTER);
    }

    @Test
    void anOutageIsBridgedForFifteenMinutesFromTheLastReadAndNoLonger() {
        isCached(BEFORE);
        source.isAway();

        for (int minute = 1; minute < 15; minute++) {
            pass(Duration.ofMinutes(1));
            assertThat(customers.find(VPC)).hasValue(BEFORE);
            settle();
        }
        pass(Duration.ofMinutes(1));
        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> customers.find(VPC))
            .withMessage("away");
    }

    @Test
    void aFailedRefreshIsRepeatedAfterAMinuteNotAtEachCall() {
        isCached(BEFORE);

        pass(Duration.ofSeconds(61));
        callOftenAroundAFailedRead();
        assertThat(source.reads).hasValue(2);

        pass(Duration.ofSeconds(61));
        callOftenAroundAFailedRead();
        assertThat(source.reads).hasValue(3);
    }

    @Test
    void afterAnOutageTheCustomerIsRefreshedAgain() {
        isCached(BEFORE);
        source.isAway();
        pass(Duration.ofSeconds(61));
        customers.find(VPC);
        settle();
        source.holds(AFTER);
        pass(Duration.ofSeconds(61));
        customers.find(VPC);
        settle();

        assertThat(customers.find(VPC)).hasValue(AFTER);
    }

    @Test
    void aFailureIsNotKept() {
        source.isAway();
        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> customers.find(VPC));
        source.holds(BEFORE);

        assertThat(customers.find(VPC)).hasValue(BEFORE);
    }

    @Test
    void manyWhoAskAtOnceForAColdCustomerCauseOneRead() throws Exception {
        source.holds(BEFORE);
        CountDownLatch gate = source.waits();
        AtomicInteger asking = new AtomicInteger();
        Callable<Optional<Customer>> caller = () -> {
            asking.incrementAndGet();
            return customers.find(VPC);
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Customer>>> found = nCopies(50, caller).stream().map(threads::submit).toList();
            await().until(() -> asking.get() == 50 && source.reads.get() == 1);
            gate.countDown();
            for (Future<Optional<Customer>> customer : found) {
                assertThat(customer.get()).hasValue(BEFORE);
            }
        }
        assertThat(source.reads).hasValue(1);
    }

    @Test
    void aReadThatHangsIsWaitedForAFewSecondsOnly() {
        source.waits();
        long start = System.nanoTime();

        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> customers.find(VPC))
            .withMessageContaining("in time");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(3),
                Duration.ofSeconds(20));
    }

    @Test
    void aCallerThatIsInterruptedWaitsNoLonger() {
        source.waits();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CustomerDirectoryUnavailableException.class).isThrownBy(() -> customers.find(VPC));
        assertThat(Thread.interrupted()).isTrue();
    }

    private void isCached(Customer customer) {
        source.holds(customer);
        customers.find(VPC);
        settle();
    }

    private void start(Runnable work) {
        running.incrementAndGet();
        Thread.startVirtualThread(() -> {
            try {
                work.run();
            } finally {
                running.decrementAndGet();
            }
        });
    }

    /** Waits until nothing goes on in the background. */
    private void settle() {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> running.get() == 0);
    }

    /** Calls while the read goes on and after it, not as it ends: the cache may begin another one there. */
    private void callOftenAroundAFailedRead() {
        CountDownLatch gate = source.waitsAndIsAway();
        callOften();
        gate.countDown();
        settle();
        callOften();
        settle();
    }

    private void callOften() {
        for (int i = 0; i < 100; i++) {
            assertThat(customers.find(VPC)).hasValue(BEFORE);
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Customer customer(String ektName) {
        return new Customer(VPC, "arn:aws:iam::403000000000:role/sovereign", ektName, null, null);
    }

    /** Customers in memory; counts how often it is asked, and can be slow or away. */
    private static final class Source implements CustomerSource {
        final AtomicInteger reads = new AtomicInteger();
        private final Map<VpcId, Customer> held = new ConcurrentHashMap<>();
        private volatile Runnable during = () -> {};

        void holds(Customer customer) {
            held.put(customer.vpcId(), customer);
            during = () -> {};
        }

        void holdsNone() {
            held.clear();
        }

        void isAway() {
            during = Source::fail;
        }

        CountDownLatch waitsAndIsAway() {
            CountDownLatch gate = waits();
            Runnable waiting = during;
            during = () -> {
                waiting.run();
                fail();
            };
            return gate;
        }

        private static void fail() {
            throw new CustomerDirectoryUnavailableException("away", new IllegalStateException());
        }

        CountDownLatch waits() {
            CountDownLatch gate = new CountDownLatch(1);
            during = () -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            };
            return gate;
        }

        void duringARead(Runnable work) {
            during = work;
        }

        @Override
        public Optional<Customer> read(VpcId vpcId) {
            reads.incrementAndGet();
            during.run();
            return Optional.ofNullable(held.get(vpcId));
        }
    }
}
