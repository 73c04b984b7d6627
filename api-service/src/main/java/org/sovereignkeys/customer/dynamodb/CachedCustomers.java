/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.dynamodb;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customer.VpcId;

/**
 * Keeps customers for 15 minutes at most from when their read began, and for 30 seconds that a VPC is none. One that is asked
 * for is read again in the background once it is a minute old, so that whoever asks often never waits. A read that fails
 * prolongs nothing: what is there is served until its time ends, and tried again after another minute. Many who ask at once
 * for a VPC that is not kept cause one read. A call that comes just as a background read ends can begin another, since Caffeine
 * forgets that a read goes on before it notes the new time. A failure is not kept.
 */
final class CachedCustomers implements CustomerDirectory {
    static final Duration LIFE = Duration.ofMinutes(15);
    static final Duration LIFE_OF_A_MISS = Duration.ofSeconds(30);
    static final Duration REFRESHED_AFTER = Duration.ofMinutes(1);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(4);
    private static final int MOST_ENTRIES = 10_000;

    private final CustomerSource source;
    private final Ticker ticker;
    private final AsyncLoadingCache<VpcId, Outcome> outcomes;

    /**
     * Begins with nothing.
     *
     * @param threads what reads run in; not the caller's own
     */
    CachedCustomers(CustomerSource source, Ticker ticker, Executor threads) {
        this.source = source;
        this.ticker = ticker;
        this.outcomes = Caffeine.newBuilder()
            .maximumSize(MOST_ENTRIES)
            .ticker(ticker)
            .executor(threads)
            .expireAfter(new RemainingLife())
            .refreshAfterWrite(REFRESHED_AFTER)
            .buildAsync(new Reader());
    }

    @Override
    public Optional<Customer> find(VpcId vpcId) {
        return switch (outcome(vpcId)) {
            case Known known -> known.customer();
            case Unknown unknown -> throw new CustomerDirectoryUnavailableException(
                    String.valueOf(unknown.reason().getMessage()), unknown.reason());
        };
    }

    private Outcome outcome(VpcId vpcId) {
        try {
            return outcomes.get(vpcId).get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CustomerDirectoryUnavailableException("The customer " + vpcId + " could not be read in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CustomerDirectoryUnavailableException("The wait for the customer " + vpcId + " was ended", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** What a read came to. That it failed is one, too: the cache would write each failure to the log, with its trace. */
    private sealed interface Outcome {}

    private record Known(Optional<Customer> customer, long readAtNanos) implements Outcome {
        long endNanos() {
            return readAtNanos + (customer.isPresent() ? LIFE : LIFE_OF_A_MISS).toNanos();
        }
    }

    private record Unknown(CustomerDirectoryUnavailableException reason) implements Outcome {}

    private final class Reader implements CacheLoader<VpcId, Outcome> {
        @Override
        public Outcome load(VpcId vpcId) {
            long now = ticker.read();
            try {
                return new Known(source.read(vpcId), now);
            } catch (CustomerDirectoryUnavailableException e) {
                return new Unknown(e);
            }
        }

        @Override
        public Outcome reload(VpcId vpcId, Outcome old) {
            return load(vpcId) instanceof Known known ? known : again(old);
        }

        /** A copy: the cache takes the same object for no reload at all, and would try again at the next call. */
        private static Outcome again(Outcome old) {
            return old instanceof Known(var customer, var readAt) ? new Known(customer, readAt) : old;
        }
    }

    /** However an outcome comes into the cache, it stays until the time that follows from when it was read. */
    private static final class RemainingLife implements Expiry<VpcId, Outcome> {
        @Override
        public long expireAfterCreate(VpcId vpcId, Outcome outcome, long now) {
            return outcome instanceof Known known ? Math.max(0, known.endNanos() - now) : 0;
        }

        @Override
        public long expireAfterUpdate(VpcId vpcId, Outcome outcome, long now, long current) {
            return expireAfterCreate(vpcId, outcome, now);
        }

        @Override
        public long expireAfterRead(VpcId vpcId, Outcome outcome, long now, long current) {
            return current;
        }
    }
}
