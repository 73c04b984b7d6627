/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import org.jspecify.annotations.Nullable;

/**
 * What counts of the event that the gateway sends; everything as it came, nothing checked yet, and null where it is absent.
 * Headers, query and body are not among it: the caller writes those.
 *
 * @param methodArn what is asked for
 * @param httpMethod the method of the call
 * @param path the path of the call, behind the stage
 * @param instanceId what the path's parameter {@code InstanceId} holds
 * @param vpcId VPC of the endpoint through which the call came
 * @param sourceIp private address of the caller
 * @param requestId the gateway's id of the call
 */
public record AuthorizerEvent(@Nullable String methodArn, @Nullable String httpMethod, @Nullable String path,
        @Nullable String instanceId, @Nullable String vpcId, @Nullable String sourceIp, @Nullable String requestId) {}
