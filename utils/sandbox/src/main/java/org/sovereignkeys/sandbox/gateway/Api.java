/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.gateway;

/** What the gateway's own API is called. */
record Api(String region, String accountId, String id, String stage) {
    /** The ARN of a method on a path; the path is literally the caller's. */
    String methodArn(String method, String rawPath) {
        return "arn:aws:execute-api:%s:%s:%s/%s/%s%s".formatted(region, accountId, id, stage, method, rawPath);
    }
}
