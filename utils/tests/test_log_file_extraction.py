# SPDX-License-Identifier: GPL-3.0-or-later
"""log_file_extraction.py, on the entries that the original system wrote and on what is no entry."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "utils", "log_file_extraction.py")
VECTORS = os.path.join(ROOT, "docs", "formats", "vectors", "original")
PUBLIC_KEY = os.path.join(VECTORS, "api_public_key.pem")

sys.path.insert(0, os.path.dirname(TOOL))
import log_file_extraction  # noqa: E402


def original(number):
    with open(os.path.join(VECTORS, "audit", "{:09d}.json".format(number)), "rb") as file:
        return file.read()


def read(path):
    with open(path, "rb") as file:
        return file.read()


class LogFileExtractionTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "entry.json")

    def extract(self, content):
        """Runs the tool as a user does; its exit code and what it said."""
        with open(self.path, "wb") as file:
            file.write(content)
        run = subprocess.run([sys.executable, TOOL, self.path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return run.returncode, run.stderr.decode()

    def verifies(self):
        run = subprocess.run(["openssl", "dgst", "-sha256", "-verify", PUBLIC_KEY, "-signature",
                              self.path + ".serialized.sig", self.path + ".serialized"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return run.returncode == 0 and run.stdout == b"Verified OK\n"

    def assert_refused(self, content, words):
        code, said = self.extract(content)
        self.assertEqual(1, code)
        self.assertIn(words, said)
        self.assertEqual(1, said.count("\n"), said)
        self.assertEqual(["entry.json"], os.listdir(self.folder))

    def assert_change_refused(self, change, words):
        entry = json.loads(original(2).decode())
        change(entry)
        self.assert_refused(json.dumps(entry).encode(), words)

    def test_each_entry_of_the_original_verifies(self):
        for number in range(1, 6):
            with self.subTest(number=number):
                self.assertEqual((0, ""), self.extract(original(number)))
                self.assertTrue(self.verifies())

    def test_the_signed_text_is_sorted_lower_case_lines_with_none_open_at_the_end(self):
        self.extract(original(5))
        lines = read(self.path + ".serialized").decode().split("\n")
        self.assertEqual(sorted(lines), lines)
        self.assertEqual("call.name=decrypt-secret", lines[0])
        self.assertIn("failure_reason=wrapped secret and/or context are incorrect", lines)
        self.assertIn("vpc_op_seq_num=5", lines)
        self.assertFalse([line for line in lines if line.startswith("signature")])

    def test_null_is_the_empty_string(self):
        self.assertIn("failure_reason=", log_file_extraction.signed_text(json.loads(original(1).decode())).split("\n"))

    def test_whitespace_and_order_of_members_do_not_matter(self):
        entry = json.loads(original(3).decode())
        self.extract(json.dumps(dict(reversed(list(entry.items()))), indent=4).encode() + b"\n")
        self.assertTrue(self.verifies())

    def test_every_changed_member_fails_verification(self):
        for change in (lambda e: e.update(vpc_op_seq_num=6), lambda e: e.update(result="Succeed"),
                       lambda e: e.update(failure_reason=None), lambda e: e.update(op_end=None),
                       lambda e: e.update(vpc_id="vpc-00000000000000000"), lambda e: e["caller"].update(ip="10.42.0.42"),
                       lambda e: e["call"].update(name="convert-secret"),
                       lambda e: e["call"]["parameters"].update(volume_uuid="other"),
                       lambda e: e["call"]["parameters"].pop("volume_uuid")):
            entry = json.loads(original(5).decode())
            change(entry)
            with self.subTest(entry=entry):
                self.assertEqual(0, self.extract(json.dumps(entry).encode())[0])
                self.assertFalse(self.verifies())

    def test_superfluous_zero_bytes_of_the_signature_are_taken_out(self):
        entry = json.loads(original(1).decode())
        der = base64.b64decode(entry["signature"])
        first = der[2:4 + der[3]]
        second = der[4 + der[3]:]
        for padded in (integer(b"\0" + first[2:]) + second, first + integer(b"\0" + second[2:]),
                       integer(b"\0\0" + first[2:]) + integer(b"\0" + second[2:])):
            entry["signature"] = base64.b64encode(sequence(padded)).decode()
            code, said = self.extract(json.dumps(entry).encode())
            self.assertEqual(0, code)
            self.assertIn("repaired", said)
            self.assertEqual(der, read(self.path + ".serialized.sig"))
            self.assertTrue(self.verifies())

    def test_a_zero_byte_that_belongs_there_stays(self):
        signature, repaired = log_file_extraction.signature_der(
            base64.b64encode(sequence(integer(b"\0\x80" + bytes(46)) + integer(b"\x7f"))).decode())
        self.assertFalse(repaired)
        self.assertEqual(sequence(integer(b"\0\x80" + bytes(46)) + integer(b"\x7f")), signature)

    def test_broken_signatures_are_refused(self):
        one = integer(b"\1")
        for der in (b"", b"0", sequence(b""), sequence(one), sequence(one + one) + b"\0", sequence(one + one + one),
                    sequence(one + integer(b"")), sequence(one + integer(b"\x80")), sequence(one + integer(b"\0")),
                    sequence(one + integer(b"\1" * 49)), b"\x31" + sequence(one + one)[1:],
                    b"\x30\x81\x06" + one + one, sequence(one + one)[:-1]):
            with self.subTest(der=der):
                self.assert_change_refused(lambda e: e.update(signature=base64.b64encode(der).decode()), "signature")
        for text in ("MGU*", "MGQ", "MGQC\n", " ", "é"):
            with self.subTest(text=text):
                self.assert_change_refused(lambda e: e.update(signature=text), "signature")

    def test_times_without_a_fraction_are_taken(self):
        entry = json.loads(original(1).decode())
        entry["op_start"] = "2022-08-10T14:15:47Z"
        self.assertEqual((0, ""), self.extract(json.dumps(entry).encode()))
        self.assertIn(b"\nop_start=2022-08-10t14:15:47z\n", read(self.path + ".serialized"))

    def test_the_filler_of_a_lost_entry_is_taken(self):
        entry = json.loads(original(1).decode())
        entry.update(op_start=None, caller=dict.fromkeys(("type", "id", "ip", "aws_account_id")),
                     call={"name": None, "parameters": None}, result="Failed", failure_reason="Entry lost in flight")
        self.assertEqual((0, ""), self.extract(json.dumps(entry).encode()))
        self.assertTrue(read(self.path + ".serialized").startswith(b"call.name=\ncall.parameters=\ncaller."))

    def test_a_member_that_is_there_twice_is_refused(self):
        self.assert_refused(original(1).replace(b'"result":', b'"result": "Failed", "result":'), "there twice")
        self.assert_refused(original(1).replace(b'"ip":', b'"ip": "10.0.0.1", "ip":'), "there twice")

    def test_another_version_is_refused(self):
        for version in (0, 2, "1", None, True):
            with self.subTest(version=version):
                self.assert_change_refused(lambda e: e.update(event_version=version), "event_version")
        self.assert_refused(original(1).replace(b'"event_version": 1', b'"event_version": 1.0'), "number 1.0")

    def test_what_could_be_read_in_two_ways_is_refused(self):
        for change, words in (
                (lambda e: e["call"]["parameters"].update(volume_uuid="a\nb=c"), "control character"),
                (lambda e: e["call"]["parameters"].update(volume_uuid=7), "neither a string nor null"),
                (lambda e: e["call"]["parameters"].update(volume_uuid=["a"]), "neither a string nor null"),
                (lambda e: e.update(result=True), "neither a string nor null"),
                (lambda e: e.update({"call.name": "decrypt-secret"}), "does not know"),
                (lambda e: e["call"].update({"parameters.volume_uuid": "a"}), "does not know"),
                (lambda e: e["call"]["parameters"].update(vpc_id="vpc-0"), "does not know"),
                (lambda e: e.update(vpc_op_seq_num="2"), "vpc_op_seq_num"),
                (lambda e: e.update(vpc_op_seq_num=0), "vpc_op_seq_num"),
                (lambda e: e.update(caller="i-1"), "not an object"),
                (lambda e: e.pop("op_end"), "lacks the member op_end"),
                (lambda e: e.update(signature=None), "no signature")):
            with self.subTest(words=words):
                self.assert_change_refused(change, words)

    def test_what_is_no_entry_is_explained(self):
        for content, words in ((b"", "not JSON"), (b"hello", "not JSON"), (b"\xff\xfe", "not UTF-8"), (b"[]", "no audit entry"),
                               (b"{}", "no audit entry"), (b"3", "no audit entry"), (b"null", "no audit entry"),
                               (original(1)[:-1], "not JSON"), (original(1) + original(2), "not JSON"),
                               (b"[" * 100000, "deep"), (b" " * (1 << 20) + b"{}", "larger than"),
                               (b'{"event_version": NaN}', "number NaN")):
            with self.subTest(content=content[:20]):
                self.assert_refused(content, words)

    def test_an_entry_under_the_name_of_another_is_refused(self):
        self.path = os.path.join(self.folder, "000000002.json")
        code, said = self.extract(original(1))
        self.assertEqual(1, code)
        self.assertIn("holds entry number 1", said)
        os.mkdir(os.path.join(self.folder, "vpc-00000000000000000"))
        self.path = os.path.join(self.folder, "vpc-00000000000000000", "000000001.json")
        code, said = self.extract(original(1))
        self.assertEqual(1, code)
        self.assertIn("folder of vpc-00000000000000000", said)

    def test_nothing_stale_stays_when_an_entry_is_refused(self):
        self.assertEqual(0, self.extract(original(1))[0])
        self.assert_refused(b"{}", "no audit entry")

    def test_a_file_that_is_not_there_is_said(self):
        run = subprocess.run([sys.executable, TOOL, self.path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(1, run.returncode)
        self.assertIn(b"No such file", run.stderr)

    def test_no_file_is_a_usage_error(self):
        run = subprocess.run([sys.executable, TOOL], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(2, run.returncode)


def integer(value):
    return bytes([0x02, len(value)]) + value


def sequence(value):
    return bytes([0x30, len(value)]) + value


if __name__ == "__main__":
    unittest.main()
