/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.awaitility.Awaitility;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditLog;
import org.sovereignkeys.audit.CallRecord;
import org.sovereignkeys.audit.numbering.Numbering;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.etcd.EtcdServer;

/** The numbering as it is, and ways to do it wrong. */
enum NumberingMutant {
    NONE,

    NO_RECORD {
        @Override
        AuditLog log(EtcdServer server, Numbering numbering, Function<Numbering, AuditLog> start) {
            return start.apply(new Unrecorded(server, numbering));
        }
    },

    UNCONDITIONAL_PUT {
        @Override
        VersionedBucket bucket() {
            return new VersionedBucket() {
                @Override
                public Put putIfAbsent(VpcId vpcId, long number, byte[] json) {
                    return replace(vpcId, number, json);
                }
            };
        }
    },

    ANSWER_BEFORE_PUT {
        @Override
        AuditLog log(EtcdServer server, Numbering numbering, Function<Numbering, AuditLog> start) {
            Announced announced = new Announced(numbering);
            AuditLog log = start.apply(announced);
            return call -> announced.append(log, call);
        }
    },

    FROM_ONE_WITHOUT_COUNTER {
        @Override
        VersionedBucket bucket() {
            return new VersionedBucket() {
                @Override
                public Tail tail(VpcId vpcId) {
                    return new Tail(0, List.of());
                }
            };
        }
    };

    /** An empty bucket. */
    VersionedBucket bucket() {
        return new VersionedBucket();
    }

    /**
     * A node's log.
     *
     * @param start makes the service's log, with the numbering that it is given
     */
    AuditLog log(EtcdServer server, Numbering numbering, Function<Numbering, AuditLog> start) {
        return start.apply(numbering);
    }

    /** Another numbering, which does all the work. */
    private abstract static class Decorated implements Numbering {
        private final Numbering numbering;

        Decorated(Numbering numbering) {
            this.numbering = numbering;
        }

        @Override
        public void open(VpcId vpcId) {
            numbering.open(vpcId);
        }

        @Override
        public AuditEntry take(CallRecord call) {
            return numbering.take(call);
        }

        @Override
        public void settle(AuditEntry entry) {
            numbering.settle(entry);
        }

        @Override
        public AuditEntry renumber(AuditEntry entry) {
            return numbering.renumber(entry);
        }

        @Override
        public List<AuditEntry> onRecord() {
            return numbering.onRecord();
        }

        @Override
        public int recordCount() {
            return numbering.recordCount();
        }
    }

    /** Has nothing on record once a number is taken. */
    private static final class Unrecorded extends Decorated {
        private static final Duration LIMIT = Duration.ofSeconds(30);

        private final EtcdServer server;

        Unrecorded(EtcdServer server, Numbering numbering) {
            super(numbering);
            this.server = server;
        }

        @Override
        public AuditEntry take(CallRecord call) {
            AuditEntry entry = super.take(call);
            settle(entry);
            Awaitility.await().atMost(LIMIT).until(() -> EtcdNode.records(server).isEmpty());
            return entry;
        }
    }

    /** Tells of each number when it is taken. */
    private static final class Announced extends Decorated {
        private final Map<CallRecord, CompletableFuture<Long>> awaited = new ConcurrentHashMap<>();

        Announced(Numbering numbering) {
            super(numbering);
        }

        @Override
        public AuditEntry take(CallRecord call) {
            AuditEntry entry = super.take(call);
            number(call).complete(entry.number());
            return entry;
        }

        /** Returns when the number is taken, while the log goes on. */
        long append(AuditLog log, CallRecord call) {
            CompletableFuture<Long> number = number(call);
            Thread.ofVirtual().start(() -> {
                try {
                    log.append(call);
                } catch (RuntimeException e) {
                    number.completeExceptionally(e);
                }
            });
            try {
                return number.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        }

        private CompletableFuture<Long> number(CallRecord call) {
            return awaited.computeIfAbsent(call, _ -> new CompletableFuture<>());
        }
    }
}
