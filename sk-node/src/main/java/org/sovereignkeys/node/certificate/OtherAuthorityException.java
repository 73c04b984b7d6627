/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.certificate;

/** The authority is not the one of which this node's data are. */
public final class OtherAuthorityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OtherAuthorityException(String told, String known) {
        super("the authority's key is told to be " + told + ", and authority.pem in the store is of " + known
                + ". Nothing is changed. Was the cluster given another key on purpose? Then end this node, and all others"
                + " that had the earlier one, for they must lose their memory. If not, somebody leads this node into a"
                + " false cluster: tell who is responsible for security, and bring no secret to any node");
    }
}
