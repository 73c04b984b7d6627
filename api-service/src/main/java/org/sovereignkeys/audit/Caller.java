/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who called. In the filler of a lost entry all is null.
 *
 * @param instanceId id of the calling instance; null when the path held none that is well formed
 * @param ip source address that the gateway saw
 * @param awsAccountId the customer's account, twelve digits
 */
public record Caller(@Nullable String instanceId, @Nullable String ip, @Nullable String awsAccountId) {}
