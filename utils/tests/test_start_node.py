# SPDX-License-Identifier: GPL-3.0-or-later
"""start-node.sh, the user data of a node, with stand-ins for the commands that it calls."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "infra-cdk/src/main/resources/org/sovereignkeys/infrastructure/cluster/start-node.sh")
SUCCESS = "signal-resource --stack-name stack --logical-resource-id Nodes --unique-id i-0123456789abcdef0 --status SUCCESS"
FAILURE = SUCCESS.replace("SUCCESS", "FAILURE")

# The first line of the file "health" is the next answer; the last one stays.
CURL = """#!/bin/bash
case "$*" in
*/api/token*) echo token ;;
*/instance-id*) echo i-0123456789abcdef0 ;;
*/healthcheck*)
  head -n 1 health | tr -d '\\n'
  if (($(wc -l <health) > 1)); then sed -i 1d health; fi
  ;;
esac
"""
AWS = """#!/bin/bash
case "$*" in
*describe-target-health*) cat healthy-targets ;;
*) echo "$*" >>calls ;;
esac
"""
DNF = """#!/bin/bash
echo "dnf $*" >>calls
[[ ! -e broken-package ]]
"""


class StartNodeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        for name, text in (("curl", CURL), ("aws", AWS), ("dnf", DNF), ("sleep", "#!/bin/sh\n")):
            self.write(name, text)
            os.chmod(os.path.join(self.folder, name), 0o700)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read().splitlines()

    def start(self, health, healthy_targets, patience=60):
        """The calls that changed something."""
        self.write("health", health)
        self.write("healthy-targets", healthy_targets)
        environment = {"PATH": self.folder + ":" + os.environ["PATH"], "SK_ARTIFACT_BUCKET": "artifacts", "SK_STACK": "stack",
                       "SK_NODES_RESOURCE": "Nodes", "SK_TARGET_GROUP": "targets", "SK_PATIENCE": str(patience)}
        subprocess.run(["bash", SCRIPT], cwd=self.folder, env=environment, check=True, timeout=30)
        return self.read("calls")

    def test_the_package_is_installed_before_success_is_told(self):
        calls = self.start("204\n", "2")

        self.assertIn("s3://artifacts/sovereign-instances/sovereign-keys-node.rpm", calls[0])
        self.assertIn("dnf --assumeyes --quiet install", calls[1])
        self.assertEqual(["cloudformation " + SUCCESS], calls[2:])

    def test_where_nobody_serves_a_node_that_waits_for_its_secrets_has_started(self):
        self.assertEqual("cloudformation " + SUCCESS, self.start("000\n503\n", "0")[-1])

    def test_where_others_serve_a_node_serves_first(self):
        self.assertEqual("cloudformation " + SUCCESS, self.start("000\n503\n503\n204\n", "2")[-1])
        self.assertEqual(["204"], self.read("health"))

    def test_where_others_serve_a_node_that_never_does_has_failed(self):
        self.assertEqual("cloudformation " + FAILURE, self.start("503\n", "2", patience=1)[-1])

    def test_a_node_that_never_listens_has_failed(self):
        self.assertEqual("cloudformation " + FAILURE, self.start("000\n", "0", patience=1)[-1])

    def test_a_package_that_cannot_be_installed_is_a_failure(self):
        self.write("broken-package", "")

        self.assertEqual("cloudformation " + FAILURE, self.start("204\n", "0")[-1])


if __name__ == "__main__":
    unittest.main()
