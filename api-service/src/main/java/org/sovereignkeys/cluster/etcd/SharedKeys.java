/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster.etcd;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

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
import io.etcd.jetcd.options.PutOption;

import org.sovereignkeys.etcd.EtcdConnection;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What lies in etcd beside the numbers: the secrets, which nodes are ready, and who makes the first keys. Throws as
 * {@link EtcdConnection#call} does.
 */
final class SharedKeys {
    static final String CLIENT_KEY = "sovereign-keys/secrets/client-key";
    static final String PIN = "sovereign-keys/secrets/pin";
    static final String FIRST_KEYS = "sovereign-keys/first-keys";
    static final String READY = "sovereign-keys/ready/";
    /** Written by each node that becomes ready, so that a PIN is not removed at that moment. */
    static final String LAST_READY = "sovereign-keys/last-ready";

    private static final GetOption KEY_ONLY = GetOption.builder().withKeysOnly(true).build();

    private final EtcdConnection etcd;

    SharedKeys(EtcdConnection etcd) {
        this.etcd = etcd;
    }

    /**
     * Revisions of what is there; 0 for what is not.
     *
     * @param latest of all that is in etcd
     * @param clientKey of the client key
     * @param pin of the PIN
     * @param firstKeys of the claim
     */
    record Look(long latest, long clientKey, long pin, long firstKeys) {}

    /** Looks what there is, without having any secret sent. */
    Look look() {
        TxnResponse answer = etcd.call(client -> client.getKVClient()
            .txn()
            .Then(Op.get(bytes(CLIENT_KEY), KEY_ONLY), Op.get(bytes(PIN), KEY_ONLY),
                    Op.get(bytes(FIRST_KEYS), KEY_ONLY))
            .commit());
        return new Look(answer.getHeader().getRevision(), revision(answer.getGetResponses().get(0)),
                revision(answer.getGetResponses().get(1)), revision(answer.getGetResponses().get(2)));
    }

    Optional<KeyValue> read(String key) {
        return etcd.call(client -> client.getKVClient().get(bytes(key))).getKvs().stream().findFirst();
    }

    /** Writes what is not there yet; its revision, or none if it is there. */
    OptionalLong create(String key, byte[] value) {
        TxnResponse answer = etcd.call(client -> client.getKVClient()
            .txn()
            .If(is(key, 0))
            .Then(Op.put(bytes(key), ByteSequence.from(value), PutOption.DEFAULT))
            .commit());
        return answer.isSucceeded() ? OptionalLong.of(answer.getHeader().getRevision()) : OptionalLong.empty();
    }

    /** Says for some seconds that a node is ready with a PIN. */
    void putReady(String node, UUID push, long seconds, boolean anew) {
        long lease = etcd.call(client -> client.getLeaseClient().grant(seconds)).getID();
        Op ready = Op.put(bytes(READY + node), bytes(push.toString()), PutOption.builder().withLeaseId(lease).build());
        Op last = Op.put(bytes(LAST_READY), bytes(node), PutOption.DEFAULT);
        etcd.call(client -> {
            Txn txn = client.getKVClient().txn();
            return (anew ? txn.Then(ready, last) : txn.Then(ready)).commit();
        });
    }

    void deleteReady(String node) {
        etcd.call(client -> client.getKVClient().delete(bytes(READY + node)));
    }

    /** Removes the PIN if it still is the one of this push, and no other node is ready with it; says whether it did. */
    boolean deletePin(UUID push, String node) {
        long revision = revisionOfPin(push);
        if (revision == 0) {
            return false;
        }
        GetOption all = GetOption.builder().isPrefix(true).build();
        TxnResponse seen = etcd.call(client -> client.getKVClient()
            .txn()
            .Then(Op.get(bytes(READY), all), Op.get(bytes(LAST_READY), KEY_ONLY))
            .commit());
        boolean inUse = seen.getGetResponses()
            .get(0)
            .getKvs()
            .stream()
            .filter(ready -> !ready.getKey().equals(bytes(READY + node)))
            .anyMatch(ready -> ready.getValue().equals(bytes(push.toString())));
        long lastReady = revision(seen.getGetResponses().get(1));
        return !inUse && etcd.call(client -> client.getKVClient()
            .txn()
            .If(is(PIN, revision), is(LAST_READY, lastReady))
            .Then(Op.delete(bytes(PIN), DeleteOption.DEFAULT))
            .commit()).isSucceeded();
    }

    /** A revision known from before says nothing: etcd may have lost its data, and begun to count anew. */
    private long revisionOfPin(UUID push) {
        Optional<KeyValue> found = read(PIN);
        if (found.isEmpty()) {
            return 0;
        }
        byte[] value = found.get().getValue().getBytes();
        try {
            return SecretForm.fits(value) && push.equals(SecretForm.push(value)) ? found.get().getModRevision() : 0;
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    private static Cmp is(String key, long revision) {
        return new Cmp(bytes(key), Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
    }

    private static long revision(GetResponse answer) {
        return answer.getKvs().isEmpty() ? 0 : answer.getKvs().getFirst().getModRevision();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
