# SPDX-License-Identifier: GPL-3.0-or-later
"""infra-cdk/bin/put-packages with a stand-in for AWS's command line."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

AWS = """#!/bin/bash
case "$*" in
*list-exports*) cat "$STANDINS/export" ;;
*".sha256 -") echo "$*" >>"$STANDINS/calls"; [[ -e $STANDINS/sum ]] && cat "$STANDINS/sum" ;;
*" - "*) echo "$* <- $(cat)" >>"$STANDINS/calls" ;;
*) echo "$*" >>"$STANDINS/calls" ;;
esac
"""

EMPTY_SUM = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class PutPackagesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("commands/aws", AWS)
        self.write("export", "artifacts\n")
        os.makedirs(os.path.join(self.folder, "infra-cdk/bin"))
        shutil.copy(os.path.join(ROOT, "infra-cdk/bin/put-packages"), os.path.join(self.folder, "infra-cdk/bin"))

    def write(self, name, text=""):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o700)

    def put(self):
        environment = {"PATH": os.path.join(self.folder, "commands") + ":" + os.environ["PATH"], "STANDINS": self.folder}
        return subprocess.run([os.path.join(self.folder, "infra-cdk/bin/put-packages")], env=environment, timeout=30, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")

    def calls(self):
        path = os.path.join(self.folder, "calls")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_each_package_gets_to_where_instances_look(self):
        self.write("agent-linux/target/packages/sovereign-keys-2.0.0-1.noarch.rpm")
        self.write("agent-linux/target/packages/sovereign-keys_2.0.0_all.deb")
        self.write("api-service/packaging/target/packages/sovereign-keys-api-0.1.0-1.x86_64.rpm")

        result = self.put()

        self.assertEqual((0, ""), (result.returncode, result.stdout))
        self.assertEqual([
            "s3 cp --only-show-errors agent-linux/target/packages/sovereign-keys-2.0.0-1.noarch.rpm"
            " s3://artifacts/agent/linux/sovereign-keys-2.0.0-1.noarch.rpm",
            "s3 cp --only-show-errors - s3://artifacts/agent/linux/sovereign-keys-2.0.0-1.noarch.rpm.sha256"
            f" <- {EMPTY_SUM}  -",
            "s3 cp --only-show-errors api-service/packaging/target/packages/sovereign-keys-api-0.1.0-1.x86_64.rpm"
            " s3://artifacts/sovereign-instances/sovereign-keys-api.rpm",
            "s3 cp --only-show-errors - s3://artifacts/sovereign-instances/sovereign-keys-api.rpm.sha256"
            f" <- {EMPTY_SUM}  -"], [call for call in self.calls() if not call.endswith(".sha256 -")])

    def test_a_package_that_is_there_already_makes_no_version_more(self):
        self.write("agent-linux/target/packages/sovereign-keys-2.0.0-1.noarch.rpm")
        self.write("api-service/packaging/target/packages/sovereign-keys-api-0.1.0-1.x86_64.rpm")
        self.write("sum", EMPTY_SUM + "  -\n")

        self.assertEqual((0, ""), (self.put().returncode, self.put().stdout))
        self.assertEqual([], [call for call in self.calls() if not call.endswith(".sha256 -")])

        self.write("sum", 64 * "0" + "  -\n")
        self.assertEqual(0, self.put().returncode)
        self.assertEqual(4, len([call for call in self.calls() if not call.endswith(".sha256 -")]))

    def test_without_packages_it_says_what_to_do(self):
        result = self.put()

        self.assertEqual((1, "put-packages: there are no packages; please build first: ./mvnw package\n"),
                         (result.returncode, result.stdout))

    def test_without_the_export_nothing_is_put(self):
        self.write("agent-linux/target/packages/sovereign-keys-2.0.0-1.noarch.rpm")
        self.write("export")

        result = self.put()

        self.assertEqual(1, result.returncode)
        self.assertIn("there is no export sovereign-keys:S3ArtifactBucketName", result.stdout)
        self.assertEqual([], self.calls())


if __name__ == "__main__":
    unittest.main()
