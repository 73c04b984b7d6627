/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.membership;

/**
 * A node's word not to let anybody else found a cluster.
 *
 * @param founder the instance it was given to
 * @param incarnation of the founder's process: another one knows nothing of it
 * @param attempt the how manieth of that process
 */
public record Promise(String founder, String incarnation, long attempt) {}
