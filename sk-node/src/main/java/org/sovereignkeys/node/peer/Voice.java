/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.peer;

import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.FoundingRequest;

/** Speaks for this node. Used by many threads. */
public interface Voice {
    Answer answer();

    boolean promise(FoundingRequest request);
}
