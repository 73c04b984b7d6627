/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.CopyBacklog;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Change;
import org.sovereignkeys.audit.numbering.etcd.Transaction.Value;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.etcd.EtcdConnection;
import org.sovereignkeys.etcd.EtcdServer;
import org.sovereignkeys.etcd.EtcdUnavailableException;

/** A numbering and a backlog of copies with a connection of their own, for the tests of other packages too. */
public final class EtcdNode implements AutoCloseable {
    private static final ByteSequence ALL = bytes("sovereign-keys/");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What etcd takes in one transaction. */
    private static final int MAX_OPERATIONS = 128;

    private final EtcdConnection connection;
    private final EtcdNumbering numbering;
    private final EtcdCopyBacklog backlog;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private EtcdNode(EtcdServer server, AuditStore store) {
        connection = new EtcdConnection(List.of(server.endpoint()), _ -> {});
        numbering = new EtcdNumbering(connection, store, InstantSource.system(), new EtcdMeters(meters));
        backlog = new EtcdCopyBacklog(connection, numbering.liveness());
        numbering.start();
    }

    /** Starts one, which has its lease. */
    public static EtcdNode start(EtcdServer server, AuditStore store) {
        EtcdNode node = new EtcdNode(server, store);
        Awaitility.await("a lease").atMost(PATIENCE).until(() -> node.numbering.liveness().bootNow() != null);
        return node;
    }

    public Numbering numbering() {
        return numbering;
    }

    /** It is not started. */
    public CopyBacklog backlog() {
        return backlog;
    }

    public SimpleMeterRegistry meters() {
        return meters;
    }

    /** Ends it as a crash would: its lease is left to run out, its records stay. */
    public void drop() {
        connection.close();
    }

    @Override
    public void close() {
        backlog.close();
        numbering.close();
        connection.close();
    }

    public static void deleteAll(EtcdServer server) {
        DeleteOption prefix = DeleteOption.builder().isPrefix(true).build();
        onEtcd(server, connection -> connection.call(client -> client.getKVClient().delete(ALL, prefix)));
    }

    /** Deletes the keys of liveness, as if all leases had run out. */
    public static void endAllLeases(EtcdServer server) {
        DeleteOption prefix = DeleteOption.builder().isPrefix(true).build();
        onEtcd(server, connection -> connection.call(client -> client.getKVClient().delete(bytes(Keys.NODES), prefix)));
    }

    /** Takes a number for one of the living nodes, behind its back. */
    public static void putOnRecordUnknownToItsNode(EtcdServer server, AuditEntry entry) {
        onEtcd(server, connection -> {
            RecordStore records = new RecordStore(connection);
            VpcId vpcId = entry.record().vpcId();
            String owner = records.nodes().iterator().next();
            String key = new RecordKey(vpcId, entry.number(), owner, "unknown").text();
            Answer answer = records.transact(new Transaction(List.of(),
                    List.of(new Change.Put(Keys.counter(vpcId), new Value.Counter(entry.number())),
                            new Change.Put(key, new Value.Batch(List.of(entry)))),
                    List.of()));
            if (answer instanceof Answer.Unknown) {
                throw new EtcdUnavailableException("the record was perhaps not put", null);
            }
            return answer;
        });
    }

    /** Puts something under names below that of the records. */
    public static void putUnderRecords(EtcdServer server, String text, Stream<String> names) {
        Op[] puts = names.map(name -> Op.put(bytes(Keys.RECORDS + name), bytes(text), PutOption.DEFAULT))
            .toArray(Op[]::new);
        for (int from = 0; from < puts.length; from += MAX_OPERATIONS) {
            Op[] some = Arrays.copyOfRange(puts, from, Math.min(from + MAX_OPERATIONS, puts.length));
            onEtcd(server, connection -> connection.call(client -> client.getKVClient().txn().Then(some).commit()));
        }
    }

    /** Puts something where the counter of a VPC is. */
    public static void putCounter(EtcdServer server, VpcId vpcId, String text) {
        put(server, Keys.counter(vpcId), bytes(text));
    }

    public static void deleteCounter(EtcdServer server, VpcId vpcId) {
        onEtcd(server, connection -> connection
            .call(client -> client.getKVClient().delete(bytes(Keys.counter(vpcId)))));
    }

    /** A boot id that lives for ever and does nothing. */
    public static String withLivingNode(EtcdServer server) {
        String bootId = "idle0idle0idle00";
        put(server, Keys.node(bootId), ByteSequence.EMPTY);
        return bootId;
    }

    /** The names of the records there are. */
    public static List<String> records(EtcdServer server) {
        GetOption prefix = GetOption.builder().isPrefix(true).withKeysOnly(true).build();
        return onEtcd(server,
                connection -> connection.call(client -> client.getKVClient().get(bytes(Keys.RECORDS), prefix)))
            .getKvs()
            .stream()
            .map(record -> record.getKey().toString(StandardCharsets.US_ASCII))
            .toList();
    }

    /** What waits for its copy as it lies there, by boot id. */
    public static Map<String, String> backlogs(EtcdServer server, VpcId vpcId) {
        String prefix = Keys.COPIES + vpcId + "/";
        GetOption all = GetOption.builder().isPrefix(true).build();
        return onEtcd(server, connection -> connection.call(client -> client.getKVClient().get(bytes(prefix), all)))
            .getKvs()
            .stream()
            .collect(Collectors.toMap(
                    found -> found.getKey().toString(StandardCharsets.US_ASCII).substring(prefix.length()),
                    found -> found.getValue().toString(StandardCharsets.US_ASCII)));
    }

    /** Leaves something that waits for its copy under a boot id. */
    public static void putBacklog(EtcdServer server, VpcId vpcId, String bootId, String text) {
        put(server, new CopyKey(vpcId, bootId).text(), bytes(text));
    }

    /** Goes up by one with each change that is made in etcd. */
    public static long revision(EtcdServer server) {
        return onEtcd(server, connection -> connection.call(client -> client.getKVClient().get(ALL))).getHeader()
            .getRevision();
    }

    private static void put(EtcdServer server, String key, ByteSequence value) {
        onEtcd(server, connection -> connection.call(client -> client.getKVClient().put(bytes(key), value)));
    }

    /** Does what may be done twice, with a connection of its own; again while a busy machine's etcd does not answer in time. */
    private static <T> T onEtcd(EtcdServer server, Function<EtcdConnection, T> work) {
        try (EtcdConnection connection = new EtcdConnection(List.of(server.endpoint()), _ -> {})) {
            return Awaitility.await("etcd answers")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .ignoreException(EtcdUnavailableException.class)
                .until(() -> work.apply(connection), _ -> true);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.US_ASCII);
    }
}
