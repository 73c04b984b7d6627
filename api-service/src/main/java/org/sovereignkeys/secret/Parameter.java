/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.secret;

import java.util.regex.Pattern;

/** A parameter of the secret calls: its name, its alphabet and its length. */
public enum Parameter {
    INSTANCE_ID("instance_id", Form.INSTANCE, "i- and 8 or 17 lower-case hex digits"), SOURCE_INSTANCE_ID(
            "source_instance_id", Form.INSTANCE, "i- and 8 or 17 lower-case hex digits"), VOLUME_UUID("volume_uuid",
                    "[A-Za-z0-9-]{1,64}", "1 to 64 letters, digits and hyphens"),
    /** An RSA key of 4096 bits has 736 characters; 1024 leave room for a long public exponent. */
    RSA_WRAPPING_KEY("rsa_wrapping_key", Form.BASE64 + "{1,1024}={0,2}",
            "the key's DER in base64, without line breaks"),
    /** 92 bytes have 124 characters. What is longer or shorter is no blob, but may be base64 all the same. */
    ENCRYPTED_SECRET("encrypted_secret", Form.BASE64 + "{1,1024}={0,2}", "base64, without line breaks");

    private final String memberName;
    private final Pattern form;
    private final String wanted;

    Parameter(String memberName, String form, String wanted) {
        this.memberName = memberName;
        this.form = Pattern.compile(form);
        this.wanted = wanted;
    }

    /** Its name in request bodies and log entries. */
    public String memberName() {
        return memberName;
    }

    /** Whether the text is of its alphabet and length. */
    public boolean accepts(String text) {
        return form.matcher(text).matches();
    }

    /** What is wanted, in words. */
    public String wanted() {
        return wanted;
    }

    private static final class Form {
        static final String INSTANCE = "i-(?:[0-9a-f]{8}|[0-9a-f]{17})";
        static final String BASE64 = "[A-Za-z0-9+/]";
    }
}
