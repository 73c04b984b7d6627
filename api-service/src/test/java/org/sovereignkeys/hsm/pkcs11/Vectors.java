/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The known answers of docs/formats/vectors. */
final class Vectors {
    private static final Path FOLDER = Path.of("..", "docs", "formats", "vectors");

    private Vectors() {}

    static Path path(String name) {
        return FOLDER.resolve(name);
    }

    static String text(String name) {
        try {
            return Files.readString(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes between the lines of a PEM file. */
    static byte[] pem(String name) {
        return Base64.getMimeDecoder().decode(text(name).replaceAll("-----[^-]+-----", ""));
    }

    /** A string member of a flat JSON text. */
    static String member(String json, String name) {
        Matcher matcher = Pattern.compile('"' + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no member " + name);
        }
        return matcher.group(1);
    }
}
