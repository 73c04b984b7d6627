/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/** The operations of S3. What is none of them, or asks for more than they know, is refused as not implemented. */
final class S3Calls {
    private static final String VERSION_ID = "versionId";
    private static final String VERSION_ID_HEADER = "x-amz-version-id";
    private static final String MARKER_HEADER = "x-amz-delete-marker";
    private static final String NO_LIMITS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
            <ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>""";
    private static final Set<String> OF_OBJECTS = Set.of("list-type", "prefix", "delimiter", "start-after",
            "continuation-token", "max-keys", "encoding-type", "fetch-owner");
    private static final Set<String> OF_VERSIONS = Set.of("versions", "prefix", "delimiter", "key-marker",
            "version-id-marker", "max-keys", "encoding-type");
    /** What would change the meaning of a call. */
    private static final List<String> UNKNOWN_HEADERS = List.of("range", "if-match", "if-modified-since",
            "if-unmodified-since", "x-amz-copy-source", "x-amz-tagging", "x-amz-object-lock-mode",
            "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold",
            "x-amz-server-side-encryption-customer-algorithm", "x-amz-write-offset-bytes");

    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    Answer answer(Request request) {
        UNKNOWN_HEADERS.stream().filter(request.headers()::containsKey).findFirst().ifPresent(header -> {
            throw Refusal.notImplemented("the header " + header);
        });
        if (request.bucket() == null) {
            throw unknown(request);
        }
        return request.isObject() ? ofObject(request, request.bucket()) : ofBucket(request, request.bucket());
    }

    private static Refusal unknown(Request request) {
        return Refusal.notImplemented(request.method() + " of " + request.path() + " with the parameters "
                + request.query().keySet());
    }

    private Answer ofBucket(Request request, String name) {
        Set<String> asked = request.query().keySet();
        String call = asked.isEmpty() ? request.method() : request.method() + " " + subresource(asked);
        return switch (call) {
            case "PUT" -> create(request, name);
            case "HEAD" -> {
                bucket(name);
                yield Answer.empty(200, Map.of("x-amz-bucket-region", "us-east-1"));
            }
            case "GET versioning" -> Answer.xml(200, versioning(bucket(name)));
            case "PUT versioning" -> setVersioning(request, bucket(name));
            case "GET object-lock" -> Answer.xml(200, objectLock(bucket(name)));
            case "PUT object-lock" -> setObjectLock(request, bucket(name));
            case "GET list-type" -> ListCalls.objects(request, bucket(name));
            case "GET versions" -> ListCalls.versions(request, bucket(name));
            default -> throw unknown(request);
        };
    }

    /** The parameter that names the operation, where no other is foreign to it. */
    private static String subresource(Set<String> asked) {
        if (asked.contains("list-type") && OF_OBJECTS.containsAll(asked)) {
            return "list-type";
        }
        if (asked.contains("versions") && OF_VERSIONS.containsAll(asked)) {
            return "versions";
        }
        return String.join(" ", asked);
    }

    private Bucket bucket(String name) {
        Bucket bucket = buckets.get(name);
        if (bucket == null) {
            throw new Refusal(404, "NoSuchBucket", "The specified bucket does not exist: " + name);
        }
        return bucket;
    }

    private Answer create(Request request, String name) {
        if (!Bucket.isName(name)) {
            throw new Refusal(400, "InvalidBucketName", "The specified bucket is not valid.");
        }
        Bucket bucket = new Bucket();
        if ("true".equalsIgnoreCase(request.headers().get("x-amz-bucket-object-lock-enabled"))) {
            bucket.setVersioning(Bucket.VERSIONING_ENABLED);
            bucket.setObjectLock(NO_LIMITS);
        }
        if (buckets.putIfAbsent(name, bucket) != null) {
            throw new Refusal(409, "BucketAlreadyOwnedByYou", "The bucket is there already, and is yours.");
        }
        return Answer.empty(200, Map.of("Location", "/" + name));
    }

    private static Xml versioning(Bucket bucket) {
        return new Xml().openS3("VersioningConfiguration")
            .optional("Status", bucket.versioning())
            .close("VersioningConfiguration");
    }

    private static Answer setVersioning(Request request, Bucket bucket) {
        String status = Xml.read(request.body().bytes(), "VersioningConfiguration", "Status");
        if (!status.equals(Bucket.VERSIONING_ENABLED) && !status.equals(Bucket.VERSIONING_SUSPENDED)) {
            throw Xml.malformed();
        }
        bucket.setVersioning(status);
        return Answer.empty(200);
    }

    private static String objectLock(Bucket bucket) {
        String configuration = bucket.objectLock();
        if (configuration == null) {
            throw new Refusal(404, "ObjectLockConfigurationNotFoundError",
                    "Object Lock configuration does not exist for this bucket");
        }
        return configuration;
    }

    private static Answer setObjectLock(Request request, Bucket bucket) {
        if (!Xml.read(request.body().bytes(), "ObjectLockConfiguration", "ObjectLockEnabled").equals("Enabled")) {
            throw Xml.malformed();
        }
        bucket.setObjectLock(request.body().text());
        return Answer.empty(200);
    }

    private Answer ofObject(Request request, String bucketName) {
        Bucket bucket = bucket(bucketName);
        Set<String> asked = request.query().keySet();
        if (!asked.isEmpty() && !asked.equals(Set.of(VERSION_ID))) {
            throw unknown(request);
        }
        String versionId = request.query().get(VERSION_ID);
        return switch (request.method()) {
            case "PUT" -> {
                if (versionId != null) {
                    throw unknown(request);
                }
                yield put(request, bucket);
            }
            case "GET", "HEAD" -> get(request, bucket, versionId);
            case "DELETE" -> delete(request, bucket, versionId);
            default -> throw unknown(request);
        };
    }

    private static Answer put(Request request, Bucket bucket) {
        String ifNoneMatch = request.headers().get("if-none-match");
        if (ifNoneMatch != null && !ifNoneMatch.equals("*")) {
            throw Refusal.notImplemented("If-None-Match other than *");
        }
        StoredObject object = StoredObject.in(request);
        Version version = bucket.put(request.key(), object, ifNoneMatch != null);
        Map<String, String> headers = new LinkedHashMap<>(object.checksums());
        headers.put("ETag", object.eTag());
        addVersionId(headers, bucket, version);
        return Answer.empty(200, headers);
    }

    private static void addVersionId(Map<String, String> headers, Bucket bucket, Version version) {
        if (bucket.versioning() != null) {
            headers.put(VERSION_ID_HEADER, version.id());
        }
    }

    private static Answer get(Request request, Bucket bucket, @Nullable String versionId) {
        if (request.headers().containsKey("if-none-match")) {
            throw Refusal.notImplemented("If-None-Match in a " + request.method());
        }
        Version version = find(request.key(), bucket, versionId);
        StoredObject object = version.object();
        if (object == null) {
            throw deleted(version, versionId != null);
        }
        Map<String, String> headers = new LinkedHashMap<>(object.headers());
        headers.put("ETag", object.eTag());
        headers.put("Last-Modified", version.httpDate());
        headers.put("Accept-Ranges", "none");
        addVersionId(headers, bucket, version);
        if ("ENABLED".equalsIgnoreCase(request.headers().get("x-amz-checksum-mode"))) {
            headers.putAll(object.checksums());
        }
        return new Answer(200, headers, object.content());
    }

    private static Version find(String key, Bucket bucket, @Nullable String versionId) {
        if (versionId != null) {
            return bucket.find(key, versionId)
                .orElseThrow(() -> new Refusal(404, "NoSuchVersion", "The specified version does not exist."));
        }
        List<Version> versions = bucket.of(key);
        if (versions.isEmpty()) {
            throw noSuchKey(Map.of());
        }
        return versions.getFirst();
    }

    private static Refusal noSuchKey(Map<String, String> headers) {
        return new Refusal(404, "NoSuchKey", "The specified key does not exist.", headers);
    }

    private static Refusal deleted(Version marker, boolean named) {
        Map<String, String> headers = Map.of(MARKER_HEADER, "true", VERSION_ID_HEADER, marker.id());
        return named
                ? new Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
                        headers)
                : noSuchKey(headers);
    }

    private static Answer delete(Request request, Bucket bucket, @Nullable String versionId) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (versionId == null) {
            bucket.delete(request.key()).ifPresent(marker -> {
                headers.put(MARKER_HEADER, "true");
                headers.put(VERSION_ID_HEADER, marker.id());
            });
        } else {
            headers.put(VERSION_ID_HEADER, versionId);
            bucket.delete(request.key(), versionId)
                .filter(Version::isMarker)
                .ifPresent(_ -> headers.put(MARKER_HEADER, "true"));
        }
        return Answer.empty(204, headers);
    }
}
