# SPDX-License-Identifier: GPL-3.0-or-later
"""install-sk-agent.sh of the test instance, with stand-ins for the commands that it calls."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT,
                      "infra-cdk/src/main/resources/org/sovereignkeys/infrastructure/customer/install-sk-agent.sh")
PACKAGE = "agent/linux/sovereign-keys-2.0.0-1.noarch.rpm"

AWS = """#!/bin/bash
echo "aws $*" >>calls
case "$*" in
*list-objects-v2*) cat newest ;;
"s3 cp"*) echo package >"${@: -1}" ;;
esac
"""
SUDO = """#!/bin/bash
echo "sudo $*" >>calls
cat "${@: -1}" >>installed
[[ ! -e broken-package ]]
"""


class InstallSkAgentTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        os.mkdir(os.path.join(self.folder, "temporary"))
        for name, text in (("aws", AWS), ("sudo", SUDO)):
            self.write(name, text)
            os.chmod(os.path.join(self.folder, name), 0o700)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read().splitlines()

    def install(self, newest):
        self.write("newest", newest + "\n")
        environment = {"PATH": self.folder + ":" + os.environ["PATH"], "TMPDIR": os.path.join(self.folder, "temporary")}
        return subprocess.run(["bash", SCRIPT], cwd=self.folder, env=environment, timeout=30, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")

    def test_the_newest_package_is_installed_without_a_word(self):
        result = self.install(PACKAGE)

        self.assertEqual((0, ""), (result.returncode, result.stdout))
        calls = self.read("calls")
        self.assertIn("--bucket @ARTIFACT_BUCKET@ --prefix agent/linux/sovereign-keys-", calls[0])
        self.assertIn("s3://@ARTIFACT_BUCKET@/" + PACKAGE, calls[1])
        self.assertIn("sudo dnf --assumeyes --quiet install /", calls[2])
        self.assertEqual(["package"], self.read("installed"))
        self.assertEqual([], os.listdir(os.path.join(self.folder, "temporary")))

    def test_without_a_package_nothing_is_installed(self):
        result = self.install("None")

        self.assertEqual(1, result.returncode)
        self.assertIn("there is no agent/linux/sovereign-keys-VERSION.noarch.rpm", result.stdout)
        self.assertEqual(1, len(self.read("calls")))

    def test_a_package_that_cannot_be_installed_is_a_failure(self):
        self.write("broken-package", "")

        self.assertNotEqual(0, self.install(PACKAGE).returncode)


if __name__ == "__main__":
    unittest.main()
