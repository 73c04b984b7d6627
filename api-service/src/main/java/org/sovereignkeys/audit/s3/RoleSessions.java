/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;

import org.sovereignkeys.aws.Dependency;

/**
 * Sessions of customers' roles. One in use is renewed in the background, ahead of its end; one that was not used for a while
 * is given up. Another external id is another session.
 */
final class RoleSessions implements AutoCloseable {
    /** Customers find us by this name in their trails, and may ask for it in the role's trust policy. */
    private static final String SESSION_NAME = "SovereignKeyApi";
    private static final Duration LENGTH = Duration.ofMinutes(15);
    private static final Duration RENEWED_AHEAD = Duration.ofMinutes(5);
    private static final Duration USELESS_BEFORE_END = Duration.ofMinutes(1);
    private static final Duration KEPT_UNUSED = Duration.ofMinutes(30);

    private final StsClient sts;
    private final LoadingCache<CopyTarget.Role, StsAssumeRoleCredentialsProvider> sessions;

    RoleSessions(StsClient sts, Dependency dependency) {
        this.sts = new GuardedSts(sts, dependency);
        sessions = Caffeine.newBuilder()
            .expireAfterAccess(KEPT_UNUSED)
            .scheduler(Scheduler.systemScheduler())
            .removalListener(RoleSessions::giveUp)
            .build(this::session);
    }

    /** The role's credentials. Asks STS, when they are first resolved; that throws as the SDK does. */
    AwsCredentialsProvider of(CopyTarget.Role role) {
        return sessions.get(role);
    }

    private StsAssumeRoleCredentialsProvider session(CopyTarget.Role role) {
        AssumeRoleRequest request = AssumeRoleRequest.builder()
            .roleArn(role.arn())
            .roleSessionName(SESSION_NAME)
            .durationSeconds((int) LENGTH.toSeconds())
            .externalId(role.externalId())
            .build();
        return StsAssumeRoleCredentialsProvider.builder()
            .stsClient(sts)
            .refreshRequest(request)
            .prefetchTime(RENEWED_AHEAD)
            .staleTime(USELESS_BEFORE_END)
            .asyncCredentialUpdateEnabled(true)
            .build();
    }

    private static void giveUp(CopyTarget.@Nullable Role role, @Nullable StsAssumeRoleCredentialsProvider session,
            RemovalCause cause) {
        if (session != null) {
            session.close();
        }
    }

    @Override
    public void close() {
        sessions.invalidateAll();
        sessions.cleanUp();
    }

    /** STS behind its circuit. */
    private record GuardedSts(StsClient sts, Dependency dependency) implements StsClient {
        @Override
        public AssumeRoleResponse assumeRole(AssumeRoleRequest request) {
            return dependency.call(() -> sts.assumeRole(request));
        }

        @Override
        public String serviceName() {
            return sts.serviceName();
        }

        @Override
        public void close() {
            // The client is not ours.
        }
    }
}
