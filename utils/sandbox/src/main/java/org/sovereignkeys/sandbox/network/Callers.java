/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.network;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import tools.jackson.databind.json.JsonMapper;

/**
 * The table of callers.
 *
 * @param region where they all are
 */
public record Callers(String region, List<Caller> callers) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Reads a table from a file of JSON; throws {@link tools.jackson.core.JacksonException} if it is none. */
    public static Callers read(Path file) {
        return JSON.readValue(file, Callers.class);
    }

    /** Writes it as {@link #read} wants it. */
    public void write(Path file) {
        JSON.writerWithDefaultPrettyPrinter().writeValue(file, this);
    }

    /** Whose calls come from an address. */
    public Optional<Caller> from(InetAddress address) {
        return callers.stream().filter(caller -> caller.address().equals(address.getHostAddress())).findFirst();
    }
}
