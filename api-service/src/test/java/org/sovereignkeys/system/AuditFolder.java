/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a log folder as an auditor would. Written against docs/formats/audit-entry.md, not against the service's code. */
final class AuditFolder {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;

    AuditFolder(Path folder) {
        this.folder = folder;
    }

    /** The entries of a VPC in their order; fails when a number is missing, or a file is none of the log's. */
    List<JsonNode> entries(String vpcId) {
        Path vpcFolder = folder.resolve(vpcId);
        if (!Files.isDirectory(vpcFolder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(vpcFolder)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                .filter(name -> !name.startsWith("."))
                .sorted()
                .toList();
            List<JsonNode> entries = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                String expected = String.format(Locale.ROOT, "%09d.json", i + 1);
                if (!names.get(i).equals(expected)) {
                    throw new AssertionError("expected " + expected + ", but there is " + names.get(i));
                }
                entries.add(entry(vpcId, i + 1, vpcFolder.resolve(expected)));
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether no number is missing. */
    boolean isWhole(String vpcId) {
        try {
            entries(vpcId);
            return true;
        } catch (AssertionError _) {
            return false;
        }
    }

    private static JsonNode entry(String vpcId, int number, Path file) throws IOException {
        String text = Files.readString(file);
        if (text.isEmpty() || text.indexOf('\n') >= 0) {
            throw new AssertionError(file + " is not one line");
        }
        JsonNode entry = JSON.readTree(text);
        if (entry.get("vpc_op_seq_num").asInt() != number || !vpcId.equals(entry.get("vpc_id").stringValue())) {
            throw new AssertionError(file + " holds an entry of another place: " + text);
        }
        return entry;
    }

    /** Whether the signature of an entry is that of what the entry says. */
    static boolean verifies(PublicKey key, JsonNode entry) {
        List<String> lines = new ArrayList<>();
        flatten("", entry, lines);
        Collections.sort(lines);
        try {
            Signature verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(key);
            verifier.update(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            return verifier.verify(Base64.getDecoder().decode(entry.get("signature").stringValue()));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void flatten(String path, JsonNode node, List<String> lines) {
        if (node.isObject()) {
            node.properties().forEach(member -> {
                String name = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
                if (!"signature".equals(name)) {
                    flatten(name, member.getValue(), lines);
                }
            });
        } else {
            String value = node.isNull() ? "" : node.asString().toLowerCase(Locale.ROOT);
            lines.add(path + "=" + value);
        }
    }
}
