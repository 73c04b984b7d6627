/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.PutOption;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Cell;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Condition;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Read;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdUnavailableException;

/** Counters, records, backlogs of copies and keys of liveness as they lie in etcd. */
final class RecordStore {
    private static final int NAMES_AT_A_TIME = 5_000;

    private final EtcdConnection etcd;

    RecordStore(EtcdConnection etcd) {
        this.etcd = etcd;
    }

    /**
     * Which nodes live, and which records there are, as of one revision.
     *
     * @param nodes their boot ids
     * @param strange names among those of the records that are of another form
     */
    record Roll(Set<String> nodes, List<RecordKey> records, List<String> strange) {}

    /**
     * Which nodes live, and which backlogs there are, as of one revision.
     *
     * @param nodes their boot ids
     */
    record Backlogs(Set<String> nodes, List<CopyKey> backlogs) {}

    /** Does it once. Without an answer in time it is unknown what became of it. */
    Answer transact(Transaction transaction) {
        Op[] reads = transaction.reads().stream().map(RecordStore::read).toArray(Op[]::new);
        List<Op> then = new ArrayList<>(transaction.changes().stream().map(RecordStore::change).toList());
        then.addAll(List.of(reads));
        try {
            TxnResponse response = etcd.call(client -> {
                Txn txn = client.getKVClient().txn();
                Cmp[] conditions = transaction.conditions().stream().map(RecordStore::condition).toArray(Cmp[]::new);
                return txn.If(conditions).Then(then.toArray(Op[]::new)).Else(reads).commit();
            });
            return new Answer.Transacted(response.isSucceeded(), response.getHeader().getRevision(),
                    response.getGetResponses().stream().map(RecordStore::found).toList());
        } catch (EtcdUnavailableException e) {
            return new Answer.Unknown();
        }
    }

    /** Throws {@link EtcdUnavailableException} if there is no answer. */
    Roll roll() {
        List<List<String>> found = names(Keys.NODES, Keys.RECORDS);
        List<String> strange = new ArrayList<>();
        List<RecordKey> records = new ArrayList<>();
        for (String name : found.getLast()) {
            RecordKey.parse(name).ifPresentOrElse(records::add, () -> strange.add(name));
        }
        return new Roll(bootIds(found.getFirst()), records, strange);
    }

    /** The boot ids of the nodes that live; throws {@link EtcdUnavailableException} if there is no answer. */
    Set<String> nodes() {
        return bootIds(names(Keys.NODES).getFirst());
    }

    /** Throws {@link EtcdUnavailableException} if there is no answer. */
    Backlogs backlogs() {
        List<List<String>> found = names(Keys.NODES, Keys.COPIES);
        return new Backlogs(bootIds(found.getFirst()),
                found.getLast().stream().map(CopyKey::of).flatMap(Optional::stream).toList());
    }

    /** The VPCs of which it is kept what waits for its copy; throws {@link EtcdUnavailableException} if there is no answer. */
    Set<String> begunCopies() {
        return names(Keys.COPIES_BEGUN).getFirst()
            .stream()
            .map(key -> key.substring(Keys.COPIES_BEGUN.length()))
            .collect(Collectors.toSet());
    }

    /** The names under some prefixes, as of one revision. They are read by pages: an answer of etcd may have 4 MiB. */
    private List<List<String>> names(String... prefixes) {
        Op[] reads = Arrays.stream(prefixes)
            .map(prefix -> Op.get(bytes(prefix), page(prefix, 0)))
            .toArray(Op[]::new);
        TxnResponse first = etcd.call(client -> client.getKVClient().txn().Then(reads).commit());
        List<List<String>> names = new ArrayList<>();
        for (GetResponse page : first.getGetResponses()) {
            String prefix = prefixes[names.size()];
            names.add(names(prefix, page, first.getHeader().getRevision()));
        }
        return names;
    }

    private List<String> names(String prefix, GetResponse firstPage, long revision) {
        List<String> names = new ArrayList<>();
        GetResponse page = firstPage;
        while (true) {
            page.getKvs().forEach(cell -> names.add(text(cell.getKey())));
            if (!page.isMore()) {
                return names;
            }
            ByteSequence next = bytes(names.getLast() + "\0");
            page = etcd.call(client -> client.getKVClient().get(next, page(prefix, revision)));
        }
    }

    private static GetOption page(String prefix, long revision) {
        return GetOption.builder()
            .withRange(OptionsUtil.prefixEndOf(bytes(prefix)))
            .withKeysOnly(true)
            .withLimit(NAMES_AT_A_TIME)
            .withRevision(revision)
            .build();
    }

    private static Set<String> bootIds(List<String> nodes) {
        return nodes.stream().map(node -> node.substring(Keys.NODES.length())).collect(Collectors.toSet());
    }

    /** Makes a key of liveness that goes with the lease; throws {@link EtcdUnavailableException} if there is no answer. */
    Boot boot(String id, long leaseId) {
        ByteSequence key = bytes(Keys.node(id));
        PutOption onLease = PutOption.builder().withLeaseId(leaseId).build();
        TxnResponse made = etcd.call(client -> client.getKVClient()
            .txn()
            .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
            .Then(Op.put(key, ByteSequence.EMPTY, onLease))
            .commit());
        if (!made.isSucceeded()) {
            throw new EtcdUnavailableException("A random boot id was in use", null);
        }
        return new Boot(id, made.getHeader().getRevision());
    }

    private static Cmp condition(Condition condition) {
        CmpTarget<?> target = switch (condition.of()) {
            case CREATION -> CmpTarget.createRevision(condition.revision());
            case CHANGE -> CmpTarget.modRevision(condition.revision());
        };
        return new Cmp(bytes(condition.key()), Cmp.Op.EQUAL, target);
    }

    private static Op change(Change change) {
        return switch (change) {
            case Change.Put(String key, Value value) -> Op.put(bytes(key), bytes(text(value)), PutOption.DEFAULT);
            case Change.Delete(String key) -> Op.delete(bytes(key), DeleteOption.DEFAULT);
        };
    }

    private static Op read(Read read) {
        return switch (read) {
            case Read.Of(String key) -> Op.get(bytes(key), GetOption.DEFAULT);
            case Read.Lowest(String prefix) -> Op.get(bytes(prefix),
                    GetOption.builder()
                        .isPrefix(true)
                        .withKeysOnly(true)
                        .withSortField(GetOption.SortTarget.KEY)
                        .withSortOrder(GetOption.SortOrder.ASCEND)
                        .withLimit(1)
                        .build());
        };
    }

    private static Optional<Cell> found(GetResponse response) {
        return response.getKvs().stream().findFirst().map(RecordStore::cell);
    }

    private static Cell cell(KeyValue found) {
        String key = text(found.getKey());
        return new Cell(key, found.getValue().isEmpty() ? null : value(key, text(found.getValue())),
                found.getCreateRevision(), found.getModRevision());
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Counter(long highest) -> Long.toString(highest);
            case Value.Waiting(String numbers) -> numbers;
            case Value.Batch(List<AuditEntry> entries) -> entries.stream()
                .map(entry -> new String(entry.toJson(), StandardCharsets.US_ASCII))
                .collect(Collectors.joining("\n"));
        };
    }

    private static Value value(String key, String text) {
        if (key.startsWith(Keys.COPIES) || key.startsWith(Keys.COPIES_BEGUN)) {
            return new Value.Waiting(text);
        }
        return key.startsWith(Keys.RECORDS)
                ? new Value.Batch(text.lines()
                    .map(line -> AuditEntry.ofJson(line.getBytes(StandardCharsets.US_ASCII)))
                    .toList())
                : counter(key, text);
    }

    private static Value counter(String key, String text) {
        try {
            return new Value.Counter(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new AuditUnavailableException(
                    key + " in etcd is not a number, so calls of its VPC are refused. Delete it:"
                            + " it is made anew from the log",
                    e);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.US_ASCII);
    }

    private static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.US_ASCII);
    }
}
