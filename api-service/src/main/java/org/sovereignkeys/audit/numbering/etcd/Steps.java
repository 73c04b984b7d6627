/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

import java.time.Duration;

import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;

/** Carries work out, step by step, until it is done or its time is over. */
final class Steps {
    private static final Duration LIMIT = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final RecordStore records;
    private final AuditStore store;

    Steps(RecordStore records, AuditStore store) {
        this.records = records;
        this.store = store;
    }

    /** Work that is refused. */
    static final class RefusedException extends AuditUnavailableException {
        private static final long serialVersionUID = 1L;

        private final Step.Reason reason;

        RefusedException(Step.Reason reason, String text) {
            super(text, null);
            this.reason = reason;
        }

        Step.Reason reason() {
            return reason;
        }
    }

    /**
     * Carries it out within some seconds.
     *
     * @throws RefusedException if it was refused
     * @throws AuditUnavailableException if etcd or the store cannot be asked: then it is not known what became of it
     */
    <R> R run(Step<R> begin) {
        long end = System.nanoTime() + LIMIT.toNanos();
        Step<R> step = begin;
        while (true) {
            switch (step) {
                case Step.Done<R>(R result) -> {
                    return result;
                }
                case Step.Refused<R>(Step.Reason reason, String text) -> throw new RefusedException(reason, text);
                case Step.Asking<R> asking -> step = asking.after(answer(asking.request(), end));
            }
        }
    }

    private Answer answer(Request request, long end) {
        if (System.nanoTime() > end) {
            throw new AuditUnavailableException("etcd does not answer", null);
        }
        return switch (request) {
            case Request.EndOfLog(var vpcId) -> new Answer.End(store.tail(vpcId));
            case Transaction transaction -> {
                Answer answer = records.transact(transaction);
                if (answer instanceof Answer.Unknown) {
                    pause();
                }
                yield answer;
            }
        };
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditUnavailableException("The wait for etcd was interrupted", e);
        }
    }
}
