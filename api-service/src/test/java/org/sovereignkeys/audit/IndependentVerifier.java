/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Verifies a stored entry by the format's page alone, from the generic JSON tree: shares no code with the signer. */
public final class IndependentVerifier {
    private static final JsonMapper MAPPER = new JsonMapper();

    private IndependentVerifier() {}

    public static String signedText(byte[] json) {
        List<String> lines = new ArrayList<>();
        collect(MAPPER.readTree(json), "", lines);
        lines.removeIf(line -> line.startsWith("signature="));
        lines.sort(null);
        return String.join("\n", lines);
    }

    private static void collect(JsonNode node, String path, List<String> lines) {
        if (node.isObject()) {
            node.forEachEntry((name, value) -> collect(value, path.isEmpty() ? name : path + "." + name, lines));
        } else if (node.isNull()) {
            lines.add(path + "=");
        } else {
            lines.add(path + "=" + node.asString().toLowerCase(Locale.ROOT));
        }
    }

    public static boolean verifies(PublicKey key, byte[] json) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(key);
        verifier.update(signedText(json).getBytes(StandardCharsets.UTF_8));
        return verifier.verify(Base64.getDecoder().decode(MAPPER.readTree(json).get("signature").asString()));
    }
}
