/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering.etcd;

/**
 * Where a piece of work stands. Steps are values: what comes next depends on the answer alone.
 *
 * @param <R> what the work results in
 */
sealed interface Step<R> {
    /** Something must be asked first. */
    non-sealed interface Asking<R> extends Step<R> {
        Request request();

        /** Goes on with the answer to that request. */
        Step<R> after(Answer answer);
    }

    /** The work is done. */
    record Done<R>(R result) implements Step<R> {}

    /** The work is not done and will not be, unless it is begun anew; nothing of it is under way. */
    record Refused<R>(Reason reason, String text) implements Step<R> {
        static <R> Refused<R> withoutLife() {
            return new Refused<>(Reason.NO_LIFE, "This node's lease was lost");
        }
    }

    /** Why not. */
    enum Reason {
        /** Without its lease this node may have been taken for dead: what it had under way others may have seen to. */
        NO_LIFE,
        /** Too many numbers are on record, or none are left. */
        NO_ROOM
    }
}
