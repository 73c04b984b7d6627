# SPDX-License-Identifier: GPL-3.0-or-later
"""What the AWS emulator allows in its strict mode, before a stand-in of moto."""
import io
import json
import os
import re
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from urllib.parse import urlencode

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "aws-emulator"))
from strict_aws import RoleFile, StrictAws  # noqa: E402

OURS = "AKIAOURS"
ROLE = "arn:aws:iam::403000000000:role/SovereignKeysRole"
PLAIN_ROLE = "arn:aws:iam::405000000000:role/SovereignKeysRole"
SESSION = {"arn": ROLE, "session": "SovereignKeyApi", "external_id": "the-right-one"}
CHECKED = {"X-Amz-Checksum-Sha256": "value"}


class StrictAwsTest(unittest.TestCase):
    def setUp(self):
        self.roles = {ROLE: {"arn": ROLE, "externalId": "the-right-one", "bucket": "copy"}, PLAIN_ROLE: {"arn": PLAIN_ROLE}}
        self.passed = []
        self.now = 1000
        self.aws = StrictAws(self.moto, lambda: self.roles, lambda bucket: bucket in ("copy", "audit"), lambda: self.now)

    def moto(self, environ, start_response):
        """Answers each call with 200, and AssumeRole with a session."""
        self.passed.append(environ)
        start_response("200 OK", [])
        number = len(self.passed)
        return [b"<a><AccessKeyId>ASIA%d</AccessKeyId><SessionToken>token%d</SessionToken></a>" % (number, number)]

    def call(self, service, method="POST", path="/", query="", headers=None, form=None, key=OURS):
        """The status, the code of the error, and the body."""
        body = urlencode(form or {}).encode()
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(body)}
        if key is not None:
            key, token = key if isinstance(key, tuple) else (key, None)
            environ["HTTP_AUTHORIZATION"] = ("AWS4-HMAC-SHA256 Credential={}/20300101/eu-west-3/{}/aws4_request, "
                                             "SignedHeaders=host, Signature=00".format(key, service))
            if token is not None:
                environ["HTTP_X_AMZ_SECURITY_TOKEN"] = token
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        status = []
        answer = b"".join(self.aws(environ, lambda line, _: status.append(line))).decode()
        code = re.search('<Code>([^<]*)</Code>|"__type": "[^"#]*#([^"]*)"', answer)
        return int(status[-1][:3]), code and (code.group(1) or code.group(2)), answer

    def assume(self, arn=ROLE, session="SovereignKeyApi", external_id=None, key=OURS):
        form = {"Action": "AssumeRole", "RoleArn": arn, "RoleSessionName": session}
        if external_id is not None:
            form["ExternalId"] = external_id
        return self.call("sts", form=form, key=key)

    def session(self):
        _, _, answer = self.assume(**SESSION)
        return re.search("<AccessKeyId>(.*)</AccessKeyId>", answer).group(1), re.search("<SessionToken>([^<]*)<", answer).group(1)

    def describe(self, key):
        return self.call("ec2", form={"Action": "DescribeInstances"}, key=key)[:2]

    def put(self, path="/copy/vpc-1/000000001.json", query="", headers=None, key=OURS):
        return self.call("s3", "PUT", path, query, CHECKED if headers is None else headers, key=key)[:2]

    def test_a_role_is_assumed_with_its_external_id_alone(self):
        self.assertEqual((200, None), self.assume(**SESSION)[:2])
        for external_id in (None, "", "the-wrong-one", "The-Right-One"):
            self.assertEqual((403, "AccessDenied"), self.assume(external_id=external_id)[:2])

    def test_a_role_that_wants_no_external_id_takes_any(self):
        self.assertEqual(200, self.assume(PLAIN_ROLE)[0])
        self.assertEqual(200, self.assume(PLAIN_ROLE, external_id="any")[0])

    def test_an_unknown_role_is_not_assumed(self):
        for arn in ("arn:aws:iam::403000000000:role/Other", ROLE.lower(), ROLE + "/", ""):
            self.assertEqual((403, "AccessDenied"), self.assume(arn, external_id="the-right-one")[:2])
        self.assertEqual([], self.passed)

    def test_another_session_name_is_not_taken(self):
        self.assertEqual((403, "AccessDenied"), self.assume(session="Other", external_id="the-right-one")[:2])

    def test_a_session_may_describe_and_put_into_its_roles_bucket(self):
        session = self.session()
        self.assertEqual((200, None), self.describe(session))
        self.assertEqual((200, None), self.put(key=session))
        self.assertEqual((200, None), self.put(query="x-id=PutObject", key=session))
        self.assertEqual((200, None), self.put(headers=dict(CHECKED, **{"If-None-Match": "*"}), key=session))

    def test_a_session_may_do_nothing_else(self):
        session = self.session()
        self.passed.clear()
        for service, method, path, query, action, code in (
                ("ec2", "POST", "/", "", "TerminateInstances", "UnauthorizedOperation"),
                ("ec2", "POST", "/", "", "DescribeVpcs", "UnauthorizedOperation"),
                ("sts", "POST", "/", "", "AssumeRole", "AccessDenied"),
                ("sts", "POST", "/", "", "GetSessionToken", "AccessDenied"),
                ("dynamodb", "POST", "/", "", "", "AccessDeniedException"),
                ("iam", "POST", "/", "", "ListRoles", "AccessDenied"),
                ("s3", "GET", "/copy/vpc-1/000000001.json", "", "", "AccessDenied"),
                ("s3", "DELETE", "/copy/vpc-1/000000001.json", "", "", "AccessDenied"),
                ("s3", "GET", "/copy", "list-type=2", "", "AccessDenied"),
                ("s3", "GET", "/copy", "versions", "", "AccessDenied"),
                ("s3", "GET", "/", "", "", "AccessDenied"),
                ("s3", "PUT", "/copy", "", "", "AccessDenied"),
                ("s3", "PUT", "/copy/", "", "", "AccessDenied"),
                ("s3", "PUT", "/copy", "policy", "", "AccessDenied"),
                ("s3", "PUT", "/audit/key", "", "", "AccessDenied"),
                ("s3", "PUT", "/copy/key", "acl", "", "AccessDenied"),
                ("s3", "PUT", "/copy/key", "retention", "", "AccessDenied"),
                ("s3", "PUT", "/copy/key", "partNumber=1&uploadId=1", "", "AccessDenied"),
                ("s3", "POST", "/copy/key", "uploads", "", "AccessDenied")):
            form = {"Action": action, "RoleArn": ROLE, "RoleSessionName": "SovereignKeyApi", "ExternalId": "the-right-one"}
            with self.subTest(service=service, method=method, path=path, query=query, action=action):
                self.assertEqual(code, self.call(service, method, path, query, CHECKED, form, session)[1])
        self.assertEqual([], self.passed)

    def test_a_head_is_refused_without_a_body(self):
        self.assertEqual((403, None, ""), self.call("s3", "HEAD", "/copy/key", key=self.session()))

    def test_a_sessions_put_carries_nothing_that_needs_more_rights(self):
        session = self.session()
        for header in ("x-amz-acl", "x-amz-grant-read", "x-amz-tagging", "x-amz-object-lock-mode",
                       "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold", "x-amz-copy-source"):
            with self.subTest(header):
                self.assertEqual((403, "AccessDenied"), self.put(headers=dict(CHECKED, **{header: "value"}), key=session))

    def test_a_role_without_bucket_puts_nowhere(self):
        answer = self.assume(PLAIN_ROLE)[2]
        key = re.search("<AccessKeyId>(.*)</AccessKeyId>", answer).group(1)
        self.assertEqual((403, "AccessDenied"), self.put(key=(key, key.replace("ASIA", "token"))))

    def test_a_session_ends_with_its_role_and_with_its_time(self):
        session = self.session()
        role = self.roles.pop(ROLE)
        self.assertEqual((403, "UnauthorizedOperation"), self.describe(session))
        self.roles[ROLE] = role
        self.now += 899
        self.assertEqual((200, None), self.describe(session))
        self.now += 1
        self.assertEqual((400, "RequestExpired"), self.describe(session))
        self.assertEqual((403, "ExpiredToken"), self.put(key=session))

    def test_a_session_that_nobody_gave_out_is_unknown(self):
        key, _ = self.session()
        for session in ((key, "other"), (key, None), ("ASIA0", "token0")):
            self.assertEqual((401, "AuthFailure"), self.describe(session))
            self.assertEqual((403, "InvalidAccessKeyId"), self.put(key=session))

    def test_a_reset_forgets_the_sessions(self):
        session = self.session()
        self.assertEqual(200, self.call("moto", path="/moto-api/reset", key=None)[0])
        self.assertEqual((401, "AuthFailure"), self.describe(session))

    def test_our_own_calls_are_not_restricted(self):
        self.assertEqual(200, self.call("dynamodb")[0])
        self.assertEqual(200, self.call("s3", "GET", "/audit", "versions")[0])

    def test_an_unsigned_call_is_refused(self):
        self.assertEqual((403, "AccessDenied"), self.call("s3", "GET", "/audit/key", key=None)[:2])
        self.assertEqual((403, "AccessDenied"),
                         self.call("s3", "GET", "/audit/key", "X-Amz-Credential=" + OURS + "%2F&X-Amz-Signature=0", key=None)[:2])

    def test_a_put_under_object_lock_needs_a_checksum(self):
        self.assertEqual((400, "InvalidRequest"), self.put(headers={}))
        self.assertEqual((400, "InvalidRequest"), self.put(headers={"x-amz-sdk-checksum-algorithm": "CRC32"}))
        self.assertEqual((400, "InvalidRequest"), self.put(headers={"x-amz-checksum-mode": "ENABLED"}))
        self.assertEqual((400, "InvalidRequest"), self.put(headers={}, key=self.session()))
        for header, value in (("Content-MD5", "x"), ("x-amz-checksum-crc32", "x"), ("x-amz-checksum-crc64nvme", "x"),
                              ("x-amz-trailer", "x-amz-checksum-crc32")):
            with self.subTest(header):
                self.assertEqual((200, None), self.put(headers={header: value}))

    def test_a_put_elsewhere_needs_none(self):
        self.assertEqual((200, None), self.put("/other/key", headers={}))

    def test_what_is_passed_on_can_still_be_read(self):
        self.describe(OURS)
        self.assertEqual(b"Action=DescribeInstances", self.passed[-1]["wsgi.input"].read())


class RoleFileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "roles.json")
        self.file = RoleFile(self.path)

    def write(self, content):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write(content)
        os.rename(self.path + ".new", self.path)

    def test_no_file_means_no_roles(self):
        self.assertEqual({}, self.file.read())

    def test_it_is_read_again_when_it_has_changed(self):
        self.write(json.dumps([{"arn": ROLE}]))
        self.assertEqual({ROLE: {"arn": ROLE}}, self.file.read())
        self.write("[]")
        self.assertEqual({}, self.file.read())

    def test_what_cannot_be_used_is_reported_once_and_changes_nothing(self):
        self.write(json.dumps([{"arn": ROLE}]))
        self.file.read()
        with redirect_stderr(io.StringIO()) as errors:
            for broken in ("", "[{}]", "[", "7"):
                self.write(broken)
                self.assertEqual([ROLE], list(self.file.read()))
                self.file.read()
        self.assertEqual(4, errors.getvalue().count("cannot be used"))


if __name__ == "__main__":
    unittest.main()
