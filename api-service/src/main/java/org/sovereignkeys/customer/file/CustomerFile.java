/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.VpcId;

/**
 * Customers from a YAML file. It is looked at once in an interval at most, and read again when it changed and then stood
 * still from one look to the next, so that one half-written is not taken for short. A version that cannot be used is
 * reported once, and the one before it stays.
 */
final class CustomerFile implements CustomerDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerFile.class);

    private final Path file;
    private final long intervalNanos;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile Map<VpcId, Customer> customers;
    private volatile long nextLook;
    private Version read;
    private Version lastSeen;

    private CustomerFile(Path file, Duration interval) throws IOException {
        this.file = file;
        this.intervalNanos = interval.toNanos();
        this.read = Version.of(file);
        this.lastSeen = read;
        this.customers = parse();
        this.nextLook = System.nanoTime() + intervalNanos;
    }

    /**
     * Reads the list for the first time.
     *
     * @throws InvalidCustomerListException if it is not there, or not as it must be
     */
    static CustomerFile open(Path file, Duration interval) {
        try {
            return new CustomerFile(file, interval);
        } catch (IOException e) {
            throw new InvalidCustomerListException("The list of customers " + file + " cannot be read: " + e, e);
        }
    }

    @Override
    public Optional<Customer> find(VpcId vpcId) {
        if (System.nanoTime() - nextLook >= 0 && looking.tryLock()) {
            try {
                look();
                nextLook = System.nanoTime() + intervalNanos;
            } finally {
                looking.unlock();
            }
        }
        return Optional.ofNullable(customers.get(vpcId));
    }

    private void look() {
        Version seen = Version.of(file);
        boolean stoodStill = seen.equals(lastSeen);
        lastSeen = seen;
        if (seen.equals(read) || !stoodStill) {
            return;
        }
        read = seen;
        try {
            customers = parse();
            LOG.info("The list of customers was read again: {} customers", customers.size());
        } catch (IOException | InvalidCustomerListException e) {
            LOG.error("The new list of customers cannot be used; the one before it stays: {}", e.toString());
        }
    }

    private Map<VpcId, Customer> parse() throws IOException {
        return CustomerList.parse(file.toString(), Files.readString(file));
    }

    /** What tells one version of a file from another; all null when there is no file. */
    private record Version(@Nullable FileTime modified, long sizeBytes, @Nullable Object fileKey) {
        static Version of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return new Version(null, 0, null);
            }
        }
    }
}
