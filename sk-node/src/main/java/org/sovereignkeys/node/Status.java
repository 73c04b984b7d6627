/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.Credentials;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.Members;
import org.sovereignkeys.node.membership.Observation;
import org.sovereignkeys.node.membership.Own;

/**
 * Where the node stood when it looked last, for people and programs.
 *
 * @param state {@code starting}, {@code none}, {@code waiting}, {@code learner}, {@code member} or {@code left}
 * @param waitsFor what it waits for, if it does
 * @param answers what the others said, by instance
 * @param authority fingerprint of the cluster's authority, which tells true clusters from false ones
 */
record Status(String instance, String address, String state, @Nullable String waitsFor, @Nullable String cluster,
        @Nullable String member, boolean serves, boolean leads, List<Known> members, Map<String, String> answers,
        String authority, @Nullable Instant certificateUntil) {

    record Known(String member, String name, String address, boolean votes) {}

    static Status starting(Subject self, Credentials credentials) {
        return without(self, "starting", credentials);
    }

    static Status left(Subject self, Credentials credentials) {
        return without(self, "left", credentials);
    }

    private static Status without(Subject self, String state, Credentials credentials) {
        return new Status(self.instance(), self.address(), state, null, null, null, false, false, List.of(), Map.of(),
                fingerprint(credentials), null);
    }

    static Status of(Subject self, Observation seen, @Nullable String waitsFor, Credentials credentials) {
        Instant until = credentials.certificate().getNotAfter().toInstant();
        String authority = fingerprint(credentials);
        Map<String, String> answers = new TreeMap<>();
        seen.answers().forEach((instance, answer) -> answers.put(instance, describe(answer)));
        List<Known> members = seen.members() == null
                ? List.of()
                : seen.members().entries().stream().map(Status::known).toList();
        return switch (seen.own()) {
            case Own.Empty _ -> new Status(self.instance(), self.address(), "none", waitsFor, null, null, false, false,
                    members, answers, authority, until);
            case Own.Member own -> new Status(self.instance(), self.address(), state(own), waitsFor,
                    Long.toHexString(own.cluster()), Long.toHexString(own.member()), own.serves(),
                    own.serves() && own.leader() == own.member(), members, answers, authority, until);
        };
    }

    private static String fingerprint(Credentials credentials) {
        return Authority.fingerprint(credentials.authority().getPublicKey());
    }

    private static String state(Own.Member own) {
        if (!own.serves()) {
            return "waiting";
        }
        return own.learner() ? "learner" : "member";
    }

    private static Known known(Members.Entry entry) {
        return new Known(Long.toHexString(entry.id()), entry.name(), entry.address(), !entry.learner());
    }

    private static String describe(Answer answer) {
        return switch (answer) {
            case Answer.Silent _ -> "silent";
            case Answer.Empty empty -> empty.founding() ? "founds a cluster" : "has no data";
            case Answer.Member member -> "member " + Long.toHexString(member.member()) + " of "
                    + Long.toHexString(member.cluster()) + (member.serves() ? "" : ", without leader");
        };
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder("%s at %s: %s%n".formatted(instance, address, state));
        if (cluster != null) {
            text.append("cluster %s, member %s%s%n".formatted(cluster, member, leads ? ", leads" : ""));
        }
        if (waitsFor != null) {
            text.append("waits for %s%n".formatted(waitsFor));
        }
        members.forEach(known -> text.append("  member %s  %s  %s%s%n".formatted(known.member(),
                known.name().isEmpty() ? "(not started)" : known.name(), known.address(),
                known.votes() ? "" : "  without vote")));
        answers.forEach((other, answer) -> text.append("  %s: %s%n".formatted(other, answer)));
        text.append("authority %s%n".formatted(authority));
        if (certificateUntil != null) {
            text.append("certificate until %s%n".formatted(certificateUntil));
        }
        return text.toString().stripTrailing();
    }
}
