/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

/** One client, which makes the same call again and again. */
@FunctionalInterface
interface Client extends AutoCloseable {
    /** Makes the call and waits for its answer; throws whatever keeps it from one, or if it is another than a success. */
    void call() throws Exception;

    @Override
    default void close() {}
}
