/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.audit.PendingNumbers;
import org.sovereignkeys.audit.numbering.etcd.Answer.Transacted;
import org.sovereignkeys.audit.numbering.etcd.CopyAccount.Draft;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdUnavailableException;

/**
 * What waits for its copy, in etcd under this node's boot id. One thread writes it, and takes over what nodes left that are
 * gone. Each write has as a condition that what it replaces is what was seen there, so one that comes late changes nothing.
 * How it holds together: docs/design/audit-numbering.md.
 */
final class EtcdCopyBacklog implements CopyBacklog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdCopyBacklog.class);
    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final int ROUNDS_BETWEEN_LOOKS = 4;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final RecordStore etcd;
    private final Liveness liveness;
    private final Map<VpcId, CopyAccount> accounts = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("audit-copy-backlog").unstarted(this::run);
    private volatile @Nullable Heir heir;
    private @Nullable Boot last;
    private boolean failing;

    EtcdCopyBacklog(EtcdConnection connection, Liveness liveness) {
        this.etcd = new RecordStore(connection);
        this.liveness = liveness;
    }

    @Override
    public void start(Heir started) {
        heir = started;
        thread.start();
    }

    @Override
    public void add(VpcId vpcId, long number, Runnable whenKept) {
        account(vpcId).add(number, whenKept, System.nanoTime());
    }

    @Override
    public void remove(VpcId vpcId, long number) {
        account(vpcId).remove(number);
    }

    @Override
    public void clear(VpcId vpcId) {
        account(vpcId).clear();
    }

    private CopyAccount account(VpcId vpcId) {
        return accounts.computeIfAbsent(vpcId, _ -> new CopyAccount());
    }

    @Override
    public Set<VpcId> unknown(Set<VpcId> vpcIds) {
        Set<String> begun = etcd.begunCopies();
        return vpcIds.stream().filter(vpcId -> !begun.contains(vpcId.value())).collect(Collectors.toSet());
    }

    @Override
    public synchronized boolean begin(VpcId vpcId, PendingNumbers lastNumbers) {
        Boot boot = liveness.boot();
        String begun = Keys.copiesBegun(vpcId);
        boolean won = write(boot, vpcId, lastNumbers, List.of(Condition.absent(begun)),
                List.of(new Change.Put(begun, new Value.Waiting(lastNumbers.toText()))));
        if (!won && unknown(Set.of(vpcId)).contains(vpcId)) {
            throw new EtcdUnavailableException("It is not known who sees to the copy of " + vpcId, null);
        }
        if (won) {
            LOG.info("etcd knows nothing of the copy of {}; its last {} entries are put again", vpcId,
                    lastNumbers.count());
        }
        return won;
    }

    private void run() {
        try {
            for (int round = 0; !stop.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS); round++) {
                Boot boot = liveness.bootNow();
                if (boot != null) {
                    round(boot, round % ROUNDS_BETWEEN_LOOKS == 0);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void round(Boot boot, boolean look) {
        try {
            writeAll(boot, false);
            if (!boot.equals(last)) {
                last = boot;
                heir().ifPresent(Heir::lookThroughLogs);
            }
            if (look) {
                takeOver(boot);
            }
            failing = false;
        } catch (EtcdUnavailableException e) {
            LOG.debug("What waits for its copy could not be written, or looked through", e);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** etcd does not take it, so records must not wait for that. */
    private void failed(Throwable e) {
        if (!failing) {
            failing = true;
            LOG.error("What waits for its copy cannot be kept in etcd, and would be lost with this node", e);
        }
        accounts.values().forEach(CopyAccount::keepAll);
    }

    private Optional<Heir> heir() {
        return Optional.ofNullable(heir);
    }

    private void writeAll(Boot boot, boolean closing) {
        accounts.forEach((vpcId, account) -> {
            account.writeAs(boot);
            if (account.isDue(System.nanoTime(), closing)) {
                write(boot, vpcId, new PendingNumbers(), List.of(), List.of());
            }
        });
    }

    /**
     * Writes what waits of a VPC, and more, if what stands there is what this node knows of, and the conditions hold.
     *
     * @return whether it was written, with the changes; if not, what stands there is known now
     * @throws EtcdUnavailableException if that is not known
     */
    private boolean write(Boot boot, VpcId vpcId, PendingNumbers more, List<Condition> conditions,
            List<Change> changes) {
        CopyAccount account = account(vpcId);
        account.writeAs(boot);
        if (account.isInDoubt()) {
            found(vpcId, account, ask(boot, account, Transaction.reading(reads(boot, vpcId))));
        }
        Draft draft = account.draft(more);
        String key = key(boot, vpcId);
        Change change = draft.text().isEmpty()
                ? new Change.Delete(key)
                : new Change.Put(key, new Value.Waiting(draft.text()));
        Transacted answer = ask(boot, account,
                new Transaction(
                        Stream.concat(Stream.of(Condition.unchanged(key, draft.modified()), boot.alive()),
                                conditions.stream())
                            .toList(),
                        Stream.concat(Stream.of(change), changes.stream()).toList(), reads(boot, vpcId)));
        if (answer.applied()) {
            account.written(draft, answer.found().getFirst(), System.nanoTime());
        } else {
            found(vpcId, account, answer);
        }
        return answer.applied();
    }

    private void found(VpcId vpcId, CopyAccount account, Transacted answer) {
        PendingNumbers numbers = account.found(answer.found().getFirst());
        if (!numbers.isEmpty()) {
            heir().ifPresent(taker -> taker.inherit(vpcId, numbers));
        }
    }

    private Transacted ask(Boot boot, CopyAccount account, Transaction transaction) {
        account.doubt();
        if (!(etcd.transact(transaction) instanceof Transacted answer)) {
            throw new EtcdUnavailableException("It is not known what became of a backlog", null);
        }
        if (!boot.is(answer.found().get(1))) {
            liveness.doubt();
            throw new EtcdUnavailableException("This node's lease is lost", null);
        }
        return answer;
    }

    private static List<Read> reads(Boot boot, VpcId vpcId) {
        return List.of(new Read.Of(key(boot, vpcId)), boot.look());
    }

    private static String key(Boot boot, VpcId vpcId) {
        return new CopyKey(vpcId, boot.id()).text();
    }

    // What others left

    private void takeOver(Boot boot) {
        RecordStore.Backlogs found = etcd.backlogs();
        found.backlogs()
            .stream()
            .filter(key -> !found.nodes().contains(key.owner()))
            .forEach(key -> takeOver(boot, key));
    }

    private void takeOver(Boot boot, CopyKey left) {
        if (!(etcd.transact(Transaction.reading(List.of(new Read.Of(left.text())))) instanceof Transacted read)) {
            throw new EtcdUnavailableException("A backlog cannot be read", null);
        }
        read.found().getFirst().ifPresent(cell -> takeOver(boot, left, cell));
    }

    private void takeOver(Boot boot, CopyKey left, Cell cell) {
        List<Condition> stillLeft = List.of(Condition.unchanged(cell.key(), cell.modified()),
                Condition.absent(Keys.node(left.owner())));
        Change dropped = new Change.Delete(cell.key());
        Optional<PendingNumbers> numbers = CopyAccount.text(cell).flatMap(PendingNumbers::of);
        if (numbers.isEmpty()) {
            LOG.error("{} in etcd is not of the form in which nodes write it; the last entries are put again",
                    cell.key());
            write(boot, left.vpcId(), new PendingNumbers(), stillLeft,
                    List.of(dropped, new Change.Delete(Keys.copiesBegun(left.vpcId()))));
            heir().ifPresent(Heir::lookThroughLogs);
        } else if (write(boot, left.vpcId(), numbers.get(), stillLeft, List.of(dropped))) {
            LOG.info("Took over {} entries of {} that wait for their copy from a node that is gone",
                    numbers.get().count(), left.vpcId());
            heir().ifPresent(taker -> taker.inherit(left.vpcId(), numbers.get()));
        }
    }

    /** Writes what waits still, as far as that is possible within some seconds. No entry may come any more. */
    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
        Thread lastRound = Thread.ofVirtual().name("audit-copy-backlog-last").start(() -> {
            Boot boot = liveness.bootNow();
            if (boot != null) {
                writeLast(boot);
            }
        });
        try {
            lastRound.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void writeLast(Boot boot) {
        try {
            writeAll(boot, true);
        } catch (RuntimeException e) {
            LOG.debug("What waits for its copy is left as it stands in etcd, and on record", e);
        }
    }
}
