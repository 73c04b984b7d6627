/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.cluster;

import java.util.UUID;

import org.sovereignkeys.hsm.Pin;

/**
 * The PIN that the nodes share.
 *
 * @param pin whoever is given this destroys it
 * @param push names the operator's call by which it came: the same PIN, given anew, is another one
 */
public record SharedPin(Pin pin, UUID push) {}
