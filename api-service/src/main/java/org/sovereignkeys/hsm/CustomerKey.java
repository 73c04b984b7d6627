/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm;

/**
 * A customer's master key as the HSM takes it.
 *
 * @param token the key under the domain key
 * @param context what the token was sealed with
 */
public record CustomerKey(WrappedBlob token, Aad context) {}
