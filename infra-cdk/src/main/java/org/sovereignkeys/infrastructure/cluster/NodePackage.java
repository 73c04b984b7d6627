/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.cluster;

/**
 * What nodes install. Another one makes other nodes: they are replaced one by one.
 *
 * @param version of the object in the artifact bucket; empty where none is known, and nodes take the newest
 * @param sum its SHA-256 in hex; empty where it is not known
 */
public record NodePackage(String version, String sum) {}
