/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

/** Published when the node must stop, because going on could do harm. */
public record NodeCannotWork(String reason) {}
