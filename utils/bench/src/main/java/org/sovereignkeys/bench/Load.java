/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

/**
 * What a target is measured under.
 *
 * @param vpcs how many VPCs the clients are spread over
 */
record Load(Setting setting, int vpcs, int clients, Connections connections) {}
