/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import org.sovereignkeys.customer.VpcId;

/** A store in memory that fails as it is told. */
public class MemoryAuditStore implements AuditStore {
    /** How a put fails. */
    public enum Fault {
        NONE, REFUSED, STORED_BUT_FAILED
    }

    private final Map<VpcId, NavigableMap<Long, byte[]>> logs = new ConcurrentHashMap<>();
    private final AtomicInteger faultsLeft = new AtomicInteger();
    private final AtomicInteger tailFaultsLeft = new AtomicInteger();
    private final AtomicInteger tailCalls = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    /** Lets the next puts fail. */
    public void failPuts(Fault manner, int count) {
        fault = manner;
        faultsLeft.set(count);
    }

    public void failTails(int count) {
        tailFaultsLeft.set(count);
    }

    public int tailCalls() {
        return tailCalls.get();
    }

    /** What is stored of a VPC, by number. */
    public NavigableMap<Long, byte[]> log(VpcId vpcId) {
        return logs.computeIfAbsent(vpcId, id -> new ConcurrentSkipListMap<>());
    }

    @Override
    public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
        if (number > MAX_NUMBER) {
            throw new AuditUnavailableException("full", null);
        }
        Fault now = faultsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? fault : Fault.NONE;
        if (now == Fault.REFUSED) {
            throw new AuditUnavailableException("refused", null);
        }
        boolean stored = log(vpcId).putIfAbsent(number, json.clone()) == null;
        if (now == Fault.STORED_BUT_FAILED) {
            throw new AuditUnavailableException("stored, but who knows", null);
        }
        return stored ? Put.STORED : Put.TAKEN;
    }

    @Override
    public Optional<byte[]> read(VpcId vpcId, long number) {
        return Optional.ofNullable(log(vpcId).get(number)).map(byte[]::clone);
    }

    @Override
    public Tail tail(VpcId vpcId) {
        tailCalls.incrementAndGet();
        if (tailFaultsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new AuditUnavailableException("no list", null);
        }
        NavigableMap<Long, byte[]> log = log(vpcId);
        long highest = log.isEmpty() ? 0 : log.lastKey();
        return new Tail(highest,
                LongStream.range(new Tail(highest, List.of()).first(), highest)
                    .filter(number -> !log.containsKey(number))
                    .boxed()
                    .toList());
    }

    @Override
    public List<NumberRange> holesBefore(VpcId vpcId, long end) {
        List<NumberRange> holes = new ArrayList<>();
        long next = 1;
        for (long number : log(vpcId).headMap(end).keySet()) {
            if (number > next) {
                holes.add(new NumberRange(next, number - 1));
            }
            next = number + 1;
        }
        if (next < end) {
            holes.add(new NumberRange(next, end - 1));
        }
        return holes;
    }

    @Override
    public Set<VpcId> vpcIds() {
        return Set.copyOf(logs.keySet());
    }
}
