/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.etcd;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.sovereignkeys.configuration.InvalidSettingException;

/**
 * Where etcd's members are.
 *
 * @param members all with the scheme http, or all with https
 */
record EtcdEndpoints(List<URI> members) {
    private static final String SETTING = "cluster";
    private static final int LAST_PORT = 65_535;

    /**
     * Reads {@code HOST:PORT,HOST:PORT}; each may have a scheme in front, and an IPv6 address stands in brackets. Throws
     * {@link InvalidSettingException}.
     */
    static EtcdEndpoints of(String text) {
        List<URI> members = Stream.of(text.split(",", -1)).map(EtcdEndpoints::member).toList();
        if (members.stream().map(URI::getScheme).distinct().count() > 1) {
            throw new InvalidSettingException(SETTING, "'" + text + "' names members with TLS and without");
        }
        return new EtcdEndpoints(members);
    }

    boolean useTls() {
        return "https".equals(members.getFirst().getScheme());
    }

    private static URI member(String text) {
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        String whole = stripped.contains("://") ? stripped : "https://" + stripped;
        try {
            URI member = URI.create(whole);
            if (whole.equals(member.getScheme() + "://" + member.getHost() + ":" + member.getPort())
                    && List.of("http", "https").contains(member.getScheme())
                    && member.getPort() >= 1 && member.getPort() <= LAST_PORT) {
                return member;
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new InvalidSettingException(SETTING,
                "'" + text + "' is not a member of etcd; etcd:HOST:PORT,HOST:PORT is wanted");
    }
}
