# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS checks and moto does not: who may assume which role, what a role's session may do, and that a put into a bucket
with Object Lock carries a checksum. Signatures are not checked here either: the key id alone says who calls.

Needs nothing of moto, so that it can be tested without; calls have to come one at a time.
"""
import json
import os
import re
import sys
import time
import uuid
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

SESSION_NAME = "SovereignKeyApi"
SESSION_SECONDS = 900
CREDENTIAL = re.compile(r"^AWS4-HMAC-SHA256 Credential=([^/,\s]+)/[^/,\s]+/[^/,\s]+/([a-z0-9-]+)/aws4_request(?:,|\s|$)")
CHECKSUM = re.compile(r"^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$")
# What needs rights beyond s3:PutObject, or makes another call of it.
MORE_THAN_A_PUT = re.compile(r"^HTTP_X_AMZ_(ACL|GRANT_.*|TAGGING.*|OBJECT_LOCK_.*|COPY_SOURCE.*|BYPASS_.*)$")


class RoleFile:
    """The roles that exist, by their ARN, from a JSON file that is read again when it has changed.

    The file is a list of {"arn": ..., "externalId": ..., "bucket": ...}; all but the ARN may be absent: no external id is
    then asked for, or no bucket can be written to. Best replaced by renaming a new one over it. No file: no roles.
    """

    def __init__(self, path):
        self.path = path
        self.seen = None
        self.roles = {}

    def read(self):
        try:
            status = os.stat(self.path)
            now = (status.st_mtime_ns, status.st_size, status.st_ino)
            if now != self.seen:
                self.seen = now
                with open(self.path, encoding="utf-8") as file:
                    self.roles = {role["arn"]: role for role in json.load(file)}
        except FileNotFoundError:
            self.seen, self.roles = None, {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            print("{} cannot be used, so the roles before it stay: {}".format(self.path, error), file=sys.stderr, flush=True)
        return self.roles


class StrictAws:
    """A WSGI application in front of another, which answers only what AWS would.

    roles: a function that returns the roles as RoleFile has them. has_object_lock: whether the bucket of a name has it.
    """

    def __init__(self, application, roles, has_object_lock, clock=time.time):
        self.application = application
        self.roles = roles
        self.has_object_lock = has_object_lock
        self.clock = clock
        self.sessions = {}

    def __call__(self, environ, start_response):
        call = Call(environ)
        if call.path.startswith("/moto-api"):
            if call.path.rstrip("/") == "/moto-api/reset":
                self.sessions.clear()
            return self.application(environ, start_response)
        error = self.error_of(call)
        if error is not None:
            return error.answer(call, start_response)
        if call.is_put_of_object and call.checksum not in (None, "MD5"):
            # moto looks for this header, which S3 does not need, where a bucket retains by default.
            environ.setdefault("HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM", call.checksum)
        if call.service == "sts" and call.action == "AssumeRole":
            return self.assume(call, environ, start_response)
        return self.application(environ, start_response)

    def error_of(self, call):
        """Why the call is refused; None if it is not."""
        if call.key_id is None:
            return Error(403, "AccessDenied", "Access Denied: the call is not signed")
        if call.key_id.startswith("ASIA"):
            error = self.error_of_session(call)
            if error is not None:
                return error
        elif call.service == "sts" and call.action == "AssumeRole" and not self.may_assume(call):
            return Error(403, "AccessDenied", "The caller is not authorized to perform: sts:AssumeRole on resource: "
                         + call.parameter("RoleArn"))
        if call.is_put_of_object and call.checksum is None and self.has_object_lock(call.bucket):
            return Error(400, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object "
                         "requests with Object Lock parameters")
        return None

    def may_assume(self, call):
        role = self.roles().get(call.parameter("RoleArn"))
        return (role is not None and call.parameter("RoleSessionName") == SESSION_NAME
                and role.get("externalId") in (None, call.parameter("ExternalId")))

    def error_of_session(self, call):
        session = self.sessions.get(call.key_id)
        if session is None or session.token != call.token:
            return Error(*UNKNOWN_SESSION.get(call.service, (403, "InvalidClientTokenId")),
                         "The security token included in the request is invalid")
        if self.clock() >= session.end:
            return Error(*EXPIRED_SESSION.get(call.service, (403, "ExpiredToken")),
                         "The security token included in the request is expired")
        role = self.roles().get(session.role)
        if role is not None and (call.service == "ec2" and call.action == "DescribeInstances"
                                 or call.is_plain_put and call.bucket == role.get("bucket")):
            return None
        return Error(*DENIED.get(call.service, (403, "AccessDenied")), "Access Denied: the role does not grant this")

    def assume(self, call, environ, start_response):
        answered = []

        def start(status, headers, *rest):
            answered.append(status)
            return start_response(status, headers, *rest)

        answer = self.application(environ, start)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        if answered[-1].startswith("200"):
            # STS gives what is asked for; who asks for longer than this project does gets it, and does not notice here.
            self.sessions[element("AccessKeyId", body)] = Session(call.parameter("RoleArn"), element("SessionToken", body),
                                                                  self.clock() + SESSION_SECONDS)
        return [body]


class Session:
    def __init__(self, role, token, end):
        self.role = role
        self.token = token
        self.end = end


class Call:
    """What counts of a request."""

    def __init__(self, environ):
        self.environ = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = environ.get("PATH_INFO", "")
        signed = CREDENTIAL.match(environ.get("HTTP_AUTHORIZATION", ""))
        self.key_id, self.service = signed.groups() if signed else (None, "s3")
        self.token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
        self.query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        self.form = self.read_form() if self.service in ("sts", "ec2") else {}
        self.action = self.parameter("Action")

    def read_form(self):
        stream = self.environ["wsgi.input"]
        body = stream.read()
        stream.seek(0)
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)

    def parameter(self, name):
        values = self.form.get(name) or self.query.get(name) or [""]
        return values[0]

    @property
    def bucket(self):
        return self.path.lstrip("/").partition("/")[0]

    @property
    def is_put_of_object(self):
        return (self.service == "s3" and self.method == "PUT" and self.path.lstrip("/").partition("/")[2] != ""
                and not set(self.query) - {"x-id"} and "HTTP_X_AMZ_COPY_SOURCE" not in self.environ)

    @property
    def is_plain_put(self):
        return self.is_put_of_object and not any(MORE_THAN_A_PUT.match(name) for name in self.environ)

    @property
    def checksum(self):
        """The algorithm of the checksum that comes with the body, before or behind it; None if there is none."""
        if "HTTP_CONTENT_MD5" in self.environ:
            return "MD5"
        headers = [name[5:].lower().replace("_", "-") for name in self.environ if name.startswith("HTTP_")]
        trailers = [name.strip() for name in self.environ.get("HTTP_X_AMZ_TRAILER", "").lower().split(",")]
        found = [CHECKSUM.match(name) for name in headers + trailers]
        return next((match.group(1).upper() for match in found if match), None)


# How each service words it: status and code. What is not listed answers as S3 and STS do.
DENIED = {"ec2": (403, "UnauthorizedOperation"), "dynamodb": (400, "AccessDeniedException")}
UNKNOWN_SESSION = {"s3": (403, "InvalidAccessKeyId"), "ec2": (401, "AuthFailure"),
                   "dynamodb": (400, "UnrecognizedClientException")}
EXPIRED_SESSION = {"ec2": (400, "RequestExpired"), "dynamodb": (400, "ExpiredTokenException")}
REASONS = {400: "400 Bad Request", 401: "401 Unauthorized", 403: "403 Forbidden"}


class Error:
    def __init__(self, status, code, message):
        self.status = status
        self.code = code
        self.message = message

    def answer(self, call, start_response):
        form, text = {"s3": ("application/xml", '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
                             "<Message>{message}</Message><RequestId>{id}</RequestId><HostId>{id}</HostId></Error>"),
                      "ec2": ("text/xml", '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{code}</Code>'
                              "<Message>{message}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"),
                      "dynamodb": ("application/x-amz-json-1.0", "")
                      }.get(call.service,
                            ("text/xml", '<ErrorResponse xmlns="https://{service}.amazonaws.com/doc/"><Error><Type>Sender</Type>'
                             "<Code>{code}</Code><Message>{message}</Message></Error><RequestId>{id}</RequestId>"
                             "</ErrorResponse>"))
        if call.service == "dynamodb":
            body = json.dumps({"__type": "com.amazon.coral.service#" + self.code, "message": self.message})
        else:
            body = text.format(code=self.code, message=escape(self.message), id=uuid.uuid4(), service=call.service)
        content = b"" if call.method == "HEAD" else body.encode()
        start_response(REASONS[self.status], [("Content-Type", form), ("Content-Length", str(len(content)))])
        return [content]


def element(name, document):
    """The text of the first element of that name, which has no markup in it."""
    found = re.search("<{0}>([^<]*)</{0}>".format(name), document.decode())
    if found is None:
        raise ValueError("the answer has no " + name)
    return found.group(1).strip()
