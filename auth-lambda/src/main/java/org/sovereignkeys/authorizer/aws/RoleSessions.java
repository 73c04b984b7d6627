/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

import org.sovereignkeys.authorizer.CannotCheckException;
import org.sovereignkeys.authorizer.Customer.Role;
import org.sovereignkeys.authorizer.Refusal;
import org.sovereignkeys.authorizer.RoleRefusedException;

/**
 * Sessions of customers' roles, kept until shortly before they end. One that was asked for with another external id is another
 * session.
 */
final class RoleSessions {
    /** Customers find us by this name in their trails, and may ask for it in the role's trust policy. */
    private static final String SESSION_NAME = "SovereignKeyApi";
    private static final Duration LENGTH = Duration.ofMinutes(15);
    private static final Duration RENEWED_AHEAD = Duration.ofMinutes(2);

    private final StsClient sts;
    private final ExpiringMap<Role, AwsSessionCredentials> kept;

    RoleSessions(StsClient sts, InstantSource clock) {
        this.sts = sts;
        this.kept = new ExpiringMap<>(clock);
    }

    /**
     * Assumes a role, or returns its session.
     *
     * @throws RoleRefusedException if the role does not let itself be assumed
     * @throws CannotCheckException if STS cannot be asked
     */
    AwsSessionCredentials assume(Role role) throws RoleRefusedException {
        AwsSessionCredentials known = kept.get(role);
        if (known != null) {
            return known;
        }
        Credentials session = ask(role);
        if (session == null || session.accessKeyId() == null || session.secretAccessKey() == null
                || session.sessionToken() == null || session.expiration() == null) {
            throw new CannotCheckException("STS answered without credentials", null);
        }
        AwsSessionCredentials credentials = AwsSessionCredentials.create(session.accessKeyId(),
                session.secretAccessKey(),
                session.sessionToken());
        Instant end = session.expiration().minus(RENEWED_AHEAD);
        kept.put(role, credentials, end);
        return credentials;
    }

    private Credentials ask(Role role) throws RoleRefusedException {
        try {
            return sts.assumeRole(assume -> {
                assume.roleArn(role.arn()).roleSessionName(SESSION_NAME).durationSeconds((int) LENGTH.toSeconds());
                if (role.externalId() != null) {
                    assume.externalId(role.externalId());
                }
            }).credentials();
        } catch (SdkException e) {
            if (Failures.code(e).equals("AccessDenied")) {
                throw new RoleRefusedException(Refusal.ROLE_NOT_ASSUMABLE);
            }
            throw Failures.cannotCheck("STS", e);
        }
    }

    /** Drops a session that proved to be of no use. */
    void drop(Role role) {
        kept.remove(role);
    }
}
