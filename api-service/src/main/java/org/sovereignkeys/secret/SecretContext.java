/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.util.Map;

import org.sovereignkeys.hsm.Aad;

/** What a sealed secret is bound to: the volume, and the instance that owns it. */
record SecretContext(String instanceId, String volumeUuid) {
    Aad aad() {
        return Aad.of(Map.of("instance_id", instanceId, "volume_uuid", volumeUuid));
    }
}
