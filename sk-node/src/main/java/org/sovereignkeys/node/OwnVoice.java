/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.util.function.Supplier;

import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.FoundingRequest;
import org.sovereignkeys.node.membership.Own;
import org.sovereignkeys.node.membership.Pledge;
import org.sovereignkeys.node.peer.Voice;

/**
 * What this node says of itself. A founding may go on meanwhile, so it looks for data last: what it says of an attempt is
 * then never that it has ended without data when it has ended with some.
 */
final class OwnVoice implements Voice {
    private final Supplier<Own> own;
    private final Pledge pledge;

    OwnVoice(Supplier<Own> own, Pledge pledge) {
        this.own = own;
        this.pledge = pledge;
    }

    @Override
    public Answer answer() {
        Answer.Empty ofPledge = pledge.answer();
        return own.get() instanceof Own.Member member
                ? new Answer.Member(member.cluster(), member.member(), member.serves(), member.learner())
                : ofPledge;
    }

    @Override
    public boolean promise(FoundingRequest request) {
        return pledge.grant(request) && own.get() instanceof Own.Empty;
    }
}
