/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node.peer;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.sovereignkeys.node.certificate.Authority;
import org.sovereignkeys.node.certificate.Credentials;
import org.sovereignkeys.node.certificate.LocalAuthorityKey;
import org.sovereignkeys.node.certificate.MutualTls;
import org.sovereignkeys.node.certificate.Subject;
import org.sovereignkeys.node.membership.Answer;
import org.sovereignkeys.node.membership.FoundingRequest;
import org.sovereignkeys.node.membership.Promise;

import static org.assertj.core.api.Assertions.assertThat;

/** Nodes that ask each other, at addresses of the loopback. */
class PeerServerTest {
    private static final String SERVER = "i-server";
    private static final String ADDRESS = "127.7.0.1";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Promise PROMISE = new Promise("i-caller", "first", 3);
    private static final Answer.Empty EMPTY = new Answer.Empty("second", 1, true, PROMISE);

    private final Authority authority = new Authority(new LocalAuthorityKey());
    private volatile Answer answer = EMPTY;
    private volatile boolean promises = true;
    private PeerServer server = serve(credentials(authority, SERVER, ADDRESS, Instant.now()));

    private PeerServer serve(Credentials credentials) {
        return serve(new MutualTls(credentials));
    }

    private PeerServer serve(MutualTls tls) {
        try {
            return new PeerServer(ADDRESS, tls, new Voice() {
                @Override
                public Answer answer() {
                    return answer;
                }

                @Override
                public boolean promise(FoundingRequest request) {
                    return promises && request.promise().equals(PROMISE);
                }
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void end() {
        server.close();
    }

    @Test
    void anotherNodeIsAnswered() {
        assertThat(asked(caller())).isEqualTo(EMPTY);
        answer = new Answer.Member(-7, 8, true, false);
        assertThat(asked(caller())).isEqualTo(answer);
    }

    @Test
    void aFounderIsPromisedInItsOwnNameOnly() {
        assertThat(promised(caller(), PROMISE)).isTrue();
        assertThat(promised(credentials(authority, "i-other", "127.0.0.1", Instant.now()), PROMISE)).isFalse();
        promises = false;
        assertThat(promised(caller(), PROMISE)).isFalse();
    }

    @Test
    void whoHasNoValidCertificateOfTheAuthorityIsNotAnswered() {
        Authority selfMade = new Authority(new LocalAuthorityKey());
        Credentials stranger = credentials(selfMade, "i-caller", "127.0.0.1", Instant.now());
        assertThat(asked(new Credentials(stranger.key(), stranger.certificate(), authority.certificate())))
            .isEqualTo(new Answer.Silent());
        assertThat(asked(credentials(authority, "i-caller", "127.0.0.1", Instant.now().minus(HOUR).minusSeconds(1))))
            .as("expired")
            .isEqualTo(new Answer.Silent());
    }

    @Test
    void whoDoesNotProveToBeTheInstanceAskedForHasSaidNothing() {
        assertThat(asked(caller(), "i-another")).isEqualTo(new Answer.Silent());
        server.close();
        server = serve(credentials(authority, SERVER, "127.7.0.2", Instant.now()));
        assertThat(asked(caller())).as("for another address").isEqualTo(new Answer.Silent());
        server.close();
        server = serve(credentials(new Authority(new LocalAuthorityKey()), SERVER, ADDRESS, Instant.now()));
        assertThat(asked(caller())).as("of another authority").isEqualTo(new Answer.Silent());
    }

    @Test
    void aRenewedCertificateIsShownFromTheNextConnectionOn() {
        server.close();
        Credentials expired = credentials(authority, SERVER, ADDRESS, Instant.now().minus(HOUR).minusSeconds(1));
        MutualTls tls = new MutualTls(expired);
        try (PeerServer _ = serve(tls)) {
            assertThat(asked(caller())).isEqualTo(new Answer.Silent());
            tls.renew(credentials(authority, SERVER, ADDRESS, Instant.now()));
            assertThat(asked(caller())).isEqualTo(EMPTY);
        }
    }

    private Credentials caller() {
        return credentials(authority, "i-caller", "127.0.0.1", Instant.now());
    }

    private static Answer asked(Credentials caller) {
        return asked(caller, SERVER);
    }

    private static Answer asked(Credentials caller, String instance) {
        try (PeerClient client = new PeerClient(new MutualTls(caller))) {
            return client.ask(Map.of(instance, ADDRESS)).getOrDefault(instance, new Answer.Silent());
        }
    }

    private static boolean promised(Credentials caller, Promise promise) {
        try (PeerClient client = new PeerClient(new MutualTls(caller))) {
            return client.promise(new FoundingRequest(promise, Set.of("i-caller", SERVER)), Map.of(SERVER, ADDRESS));
        }
    }

    private static Credentials credentials(Authority authority, String instance, String address, Instant from) {
        try {
            KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
            return new Credentials(keys.getPrivate(),
                    authority.issue(keys.getPublic(), new Subject(instance, address), from, HOUR),
                    authority.certificate());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
