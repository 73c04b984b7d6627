# SPDX-License-Identifier: GPL-3.0-or-later
"""functional-testing.sh against a stand-in of the API: what it accepts, and that it notices what is wrong."""
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TESTS = os.path.dirname(os.path.abspath(__file__))
TOOL = os.path.join(os.path.dirname(TESTS), "functional-testing.sh")

sys.path.insert(0, TESTS)
from stub_api import StubApi  # noqa: E402

INSTANCE = "i-0c4f345c91e5cd4a2"
OTHER_INSTANCE = "i-0aaaaaaaaaaaaaaa1"


class FunctionalTestingTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.api = StubApi(self.folder)
        self.addCleanup(self.api.close)
        self.environment = dict(os.environ, no_proxy="127.0.0.1", NO_PROXY="127.0.0.1")

    def run_tool(self, *arguments):
        """Its exit code, the lines of its output, and its errors."""
        run = subprocess.Popen((TOOL,) + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=self.environment)
        output, errors = run.communicate()
        self.assertEqual([], folders(run.pid))
        return run.returncode, output.decode().splitlines(), errors.decode()

    def run_test(self, *arguments):
        return self.run_tool(self.api.origin + "/v1", "--instance-id", INSTANCE, *arguments)

    def assert_fails(self, words, *arguments):
        code, lines, errors = self.run_test(*arguments)
        self.assertEqual((1, ""), (code, errors))
        self.assertTrue(lines[-1].startswith("TEST FAILED: "), lines)
        self.assertIn(words, lines[-1])
        self.assertNotIn("TEST SUCCEED", lines)

    def test_a_right_api_passes(self):
        code, lines, errors = self.run_test()
        self.assertEqual((0, ""), (code, errors), lines)
        self.assertEqual(["Secrets match!!!", "TEST SUCCEED"], lines[-2:])
        self.assertEqual(["GET"] + ["POST"] * 5, [request[0] for request in self.api.requests])

    def test_each_request_carries_the_headers(self):
        self.run_test("--header", "x-amzn-vpc-id: vpc-0b1e8a8e776a87423", "--header", "X-Forwarded-For: 10.0.0.9, 10.42.0.41")
        for _, _, headers, _ in self.api.requests:
            headers = {name.lower(): value for name, value in headers.items()}
            self.assertTrue(headers["authorization"])
            self.assertEqual("vpc-0b1e8a8e776a87423", headers["x-amzn-vpc-id"])
            self.assertEqual("10.0.0.9, 10.42.0.41", headers["x-forwarded-for"])

    def test_the_metadata_service_knows_the_instance(self):
        self.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = self.api.origin
        code, lines, _ = self.run_tool(self.api.origin + "/v1/")
        self.assertEqual((0, "TEST SUCCEED"), (code, lines[-1]))
        self.assertIn("/v1/encryption/{}/generate-secret".format(INSTANCE), [request[1] for request in self.api.requests])

    def test_without_metadata_service_it_says_what_to_do(self):
        self.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = self.api.origin + "/none"
        code, lines, _ = self.run_tool(self.api.origin + "/v1")
        self.assertEqual(1, code)
        self.assertIn("--instance-id", lines[-1])

    def test_another_instance_takes_the_secret_over(self):
        code, lines, _ = self.run_test("--other-instance-id", OTHER_INSTANCE)
        self.assertEqual((0, "TEST SUCCEED"), (code, lines[-1]))
        self.assertIn("- What was converted for {} does not open for {}".format(OTHER_INSTANCE, INSTANCE), lines)

    def test_a_bad_signature_is_noticed(self):
        self.api.faults.add("bad signature")
        self.assert_fails("generate-secret: the signature of encrypted_secret does not verify")

    def test_another_secret_is_noticed(self):
        self.api.faults.add("other secret")
        self.assert_fails("decrypt-secret: the secret is not the one that was made")

    def test_a_secret_that_opens_for_another_volume_is_noticed(self):
        self.api.faults.add("no binding")
        self.assert_fails("another volume was answered with status 200, not 400")

    def test_the_detail_of_a_problem_is_shown(self):
        self.api.faults.add("away")
        self.assert_fails("GET /public-signing-key: status 503: The HSM is out of reach (it restarts)")

    def test_the_message_of_the_gateway_is_shown(self):
        code, lines, _ = self.run_tool(self.api.origin + "/v2", "--instance-id", INSTANCE)
        self.assertEqual((1, "TEST FAILED: GET /public-signing-key: status 404: no such call"), (code, lines[-1]))

    def test_no_answer_is_said(self):
        code, lines, _ = self.run_tool("http://127.0.0.1:1/v1", "--instance-id", INSTANCE)
        self.assertEqual(1, code)
        self.assertIn("GET /public-signing-key: no answer", lines[-1])

    def test_wrong_usage_ends_with_2(self):
        for arguments in ((), ("ftp://x",), ("http://x", "y"), ("--what",), ("http://x", "--header", "none"), ("--instance-id",)):
            with self.subTest(arguments=arguments):
                code, lines, errors = self.run_tool(*arguments)
                self.assertEqual((2, [], 1), (code, lines, errors.count("\n")))

    def test_a_malformed_instance_id_is_refused(self):
        code, lines, _ = self.run_tool(self.api.origin, "--instance-id", "i-12/../x")
        self.assertEqual(1, code)
        self.assertIn("not an instance id", lines[-1])
        self.assertEqual([], self.api.requests)

    def test_nothing_stays_after_an_interruption(self):
        process = subprocess.Popen((TOOL, self.api.origin + "/v1", "--instance-id", INSTANCE), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment)
        while not folders(process.pid) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()
        self.assertEqual(143, process.returncode)
        self.assertIn(b"TEST FAILED: the test was stopped", output)
        self.assertEqual([], folders(process.pid))


def folders(process_id):
    """The folders of one run of the tool; others may run beside it."""
    name = "sovereign-keys-test.{}.*".format(process_id)
    return glob.glob("/dev/shm/" + name) + glob.glob(os.path.join(tempfile.gettempdir(), name))


if __name__ == "__main__":
    unittest.main()
