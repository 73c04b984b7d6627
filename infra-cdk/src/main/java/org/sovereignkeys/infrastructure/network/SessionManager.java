/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.network;

import java.util.List;

/** What an instance must be allowed to be reached by Session Manager. AWS gives these for all resources or none. */
public final class SessionManager {
    public static final List<String> ACTIONS = List.of("ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel");

    private SessionManager() {}
}
