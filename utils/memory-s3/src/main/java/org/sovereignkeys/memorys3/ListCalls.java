/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.sovereignkeys.memorys3.Listing.Entry;
import org.sovereignkeys.memorys3.Listing.Page;

/** Reads the parameters of list calls, and writes their answers. */
final class ListCalls {
    private static final int LONGEST_PAGE = 1_000;

    private final Map<String, String> query;
    private final String name;
    private final int maxKeys;
    private final boolean encodes;

    private ListCalls(Request request) {
        query = request.query();
        name = String.valueOf(request.bucket());
        maxKeys = maxKeys(parameter("max-keys"));
        encodes = parameter("encoding-type").equals("url");
    }

    private static int maxKeys(String given) {
        try {
            int maxKeys = given.isEmpty() ? LONGEST_PAGE : Integer.parseInt(given);
            if (maxKeys >= 0) {
                return Math.min(maxKeys, LONGEST_PAGE);
            }
        } catch (NumberFormatException _) {
            // Refused below.
        }
        throw Refusal.badArgument("max-keys must be a number from 0 on.");
    }

    static Answer objects(Request request, Bucket bucket) {
        return new ListCalls(request).objects(bucket);
    }

    static Answer versions(Request request, Bucket bucket) {
        return new ListCalls(request).versions(bucket);
    }

    private Answer objects(Bucket bucket) {
        String token = query.get("continuation-token");
        String after = token == null ? parameter("start-after") : key(token);
        Page page = listing(after, null, false).of(bucket);
        Xml xml = new Xml().openS3("ListBucketResult");
        head(xml, page);
        xml.element("KeyCount", Integer.toString(page.entries().size()))
            .optional("StartAfter", encoded(query.get("start-after")))
            .optional("ContinuationToken", token);
        if (page.isTruncated()) {
            xml.element("NextContinuationToken", token(page.entries().getLast().key()));
        }
        page.entries().forEach(entry -> contents(xml, entry));
        prefixes(xml, page);
        return Answer.xml(200, xml.close("ListBucketResult"));
    }

    private Answer versions(Bucket bucket) {
        String afterVersion = query.get("version-id-marker");
        String after = parameter("key-marker");
        if (afterVersion != null && after.isEmpty()) {
            throw Refusal.badArgument("A version-id marker cannot be specified without a key marker.");
        }
        Page page = listing(after, afterVersion, true).of(bucket);
        Xml xml = new Xml().openS3("ListVersionsResult");
        head(xml, page);
        xml.element("KeyMarker", String.valueOf(encoded(after))).optional("VersionIdMarker", afterVersion);
        if (page.isTruncated()) {
            Entry last = page.entries().getLast();
            xml.element("NextKeyMarker", String.valueOf(encoded(last.key())))
                .optional("NextVersionIdMarker", last.version() == null ? null : last.version().id());
        }
        page.entries().forEach(entry -> version(xml, entry));
        prefixes(xml, page);
        return Answer.xml(200, xml.close("ListVersionsResult"));
    }

    private Listing listing(String afterKey, @Nullable String afterVersion, boolean ofAllVersions) {
        return new Listing(parameter("prefix"), parameter("delimiter"), afterKey, afterVersion, maxKeys, ofAllVersions);
    }

    private String parameter(String parameter) {
        return query.getOrDefault(parameter, "");
    }

    private void head(Xml xml, Page page) {
        xml.element("Name", name)
            .element("Prefix", String.valueOf(encoded(parameter("prefix"))))
            .optional("Delimiter", encoded(query.get("delimiter")))
            .element("MaxKeys", Integer.toString(maxKeys))
            .optional("EncodingType", encodes ? "url" : null)
            .element("IsTruncated", Boolean.toString(page.isTruncated()));
    }

    private void contents(Xml xml, Entry entry) {
        if (entry.version() != null && entry.version().object() != null) {
            xml.open("Contents").element("Key", String.valueOf(encoded(entry.key())));
            content(xml, entry.version(), entry.version().object());
            xml.close("Contents");
        }
    }

    private void version(Xml xml, Entry entry) {
        Version version = entry.version();
        if (version == null) {
            return;
        }
        StoredObject object = version.object();
        String element = object == null ? "DeleteMarker" : "Version";
        xml.open(element)
            .element("Key", String.valueOf(encoded(entry.key())))
            .element("VersionId", version.id())
            .element("IsLatest", Boolean.toString(entry.isLatest()));
        if (object == null) {
            xml.element("LastModified", version.modified().toString());
        } else {
            content(xml, version, object);
        }
        xml.close(element);
    }

    private static void content(Xml xml, Version version, StoredObject object) {
        xml.element("LastModified", version.modified().toString())
            .element("ETag", object.eTag())
            .element("Size", Integer.toString(object.content().length()))
            .element("StorageClass", "STANDARD");
    }

    private void prefixes(Xml xml, Page page) {
        page.entries()
            .stream()
            .filter(entry -> entry.version() == null)
            .forEach(entry -> xml.open("CommonPrefixes")
                .element("Prefix", String.valueOf(encoded(entry.key())))
                .close("CommonPrefixes"));
    }

    private @Nullable String encoded(@Nullable String text) {
        return text == null || !encodes
                ? text
                : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
    }

    private static String token(String lastKey) {
        return Base64.getUrlEncoder().encodeToString(lastKey.getBytes(StandardCharsets.UTF_8));
    }

    private static String key(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw Refusal.badArgument("The continuation token provided is incorrect.");
        }
    }
}
