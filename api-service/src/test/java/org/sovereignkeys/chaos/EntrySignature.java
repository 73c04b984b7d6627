/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.chaos;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The signature of an entry: one base64 of one DER, over the text that docs/formats/audit-entry.md makes of the JSON. */
final class EntrySignature {
    private static final JsonMapper JSON = new JsonMapper();

    private EntrySignature() {}

    /**
     * Verifies an entry.
     *
     * @param content its bytes, a character each
     * @param signature the same entry's, base64
     */
    static void require(PublicKey key, String content, String signature) throws MalformedEntryException {
        byte[] der = decoded(signature);
        if (!isMinimal(der)) {
            throw new MalformedEntryException("has a signature that is not minimal DER");
        }
        if (!verifies(key, signedText(content), der)) {
            throw new MalformedEntryException("has a signature that does not verify");
        }
    }

    private static byte[] decoded(String base64) throws MalformedEntryException {
        try {
            byte[] decoded = Base64.getDecoder().decode(base64);
            if (Base64.getEncoder().encodeToString(decoded).equals(base64)) {
                return decoded;
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new MalformedEntryException("has a signature that is not base64 with its padding");
    }

    private static boolean verifies(PublicKey key, String text, byte[] der) {
        try {
            Signature verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(key);
            verifier.update(text.getBytes(StandardCharsets.UTF_8));
            return verifier.verify(der);
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException(e);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static String signedText(String content) {
        List<String> lines = new ArrayList<>();
        JSON.readTree(content).forEachEntry((name, value) -> {
            if (!name.equals("signature")) {
                addLines(name, value, lines);
            }
        });
        lines.sort(null);
        return String.join("\n", lines);
    }

    private static void addLines(String path, JsonNode value, List<String> lines) {
        if (value.isObject()) {
            value.forEachEntry((name, inner) -> addLines(path + "." + name, inner, lines));
        } else {
            lines.add(path + "=" + (value.isNull() ? "" : value.asString().toLowerCase(Locale.ROOT)));
        }
    }

    /** Whether it is a sequence of two positive integers, none with a byte too many, and all lengths of one byte. */
    private static boolean isMinimal(byte[] der) {
        if (der.length < 8 || der[0] != 0x30 || der[1] != der.length - 2) {
            return false;
        }
        int second = 4 + der[3];
        return isInteger(der, 2, second) && isInteger(der, second, der.length);
    }

    private static boolean isInteger(byte[] der, int from, int to) {
        if (from + 3 > to || to > der.length || der[from] != 0x02 || der[from + 1] != to - from - 2) {
            return false;
        }
        byte[] written = Arrays.copyOfRange(der, from + 2, to);
        BigInteger integer = new BigInteger(written);
        return integer.signum() > 0 && Arrays.equals(integer.toByteArray(), written);
    }
}
