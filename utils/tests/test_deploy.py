# SPDX-License-Identifier: GPL-3.0-or-later
"""infra-cdk/bin/deploy with stand-ins for AWS's command line and for the synthesis."""
import os
import shutil
import subprocess
import tempfile
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "infra-cdk/bin/deploy")

AWS = """#!/bin/bash
echo "$*" >>"$STANDINS/calls"
case "$*" in
*list-exports*) cat "$STANDINS/export" ;;
*get-caller-identity*) echo 403000000000 ;;
"s3api head-object"*) [[ ! -s $STANDINS/sum-error ]] || { cat "$STANDINS/sum-error" >&2 && exit 1; }; cat "$STANDINS/version" ;;
"s3 cp"*.sha256" -") [[ ! -s $STANDINS/sum-error ]] || { cat "$STANDINS/sum-error" >&2 && exit 1; }; cat "$STANDINS/sum" ;;
"s3 cp"*) [[ ! -e $STANDINS/broken ]] && cp -- "${@: -2:1}" "$STANDINS/put" ;;
esac
"""
SYNTH = """#!/bin/bash
echo "synth $* $CDK_DEFAULT_ACCOUNT $CDK_DEFAULT_REGION $SK_ARTIFACT_BUCKET $SK_PACKAGE_SUM $SK_PACKAGE_VERSION" >>"$STANDINS/calls"
mkdir -p "$CDK_OUTDIR/asset.2/folder"
echo jar >"$CDK_OUTDIR/asset.1.jar"
echo code >"$CDK_OUTDIR/asset.2/index.js"
echo more >"$CDK_OUTDIR/asset.2/folder/more.js"
cat >"$CDK_OUTDIR/cfn-sovereign-keys-mainstack.assets.json" <<'END'
{"files": {
  "1": {"source": {"path": "asset.1.jar", "packaging": "file"}, "destinations": {"a": {"objectKey": "deployment/1.jar"}}},
  "2": {"source": {"path": "asset.2", "packaging": "zip"}, "destinations": {"a": {"objectKey": "deployment/2.zip"}}}}}
END
"""


SUM = 64 * "0"
VERSION = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY-MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo"


class DeployTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("bin", "commands", "put"):
            os.mkdir(os.path.join(self.folder, name))
        shutil.copy(SCRIPT, os.path.join(self.folder, "bin"))
        self.write("bin/synth", SYNTH)
        self.write("commands/aws", AWS)
        self.write("export", "artifacts\n")
        self.write("sum", SUM + "  -\n")
        self.write("version", VERSION + "\n")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o700)

    def calls(self):
        with open(os.path.join(self.folder, "calls"), encoding="utf-8") as file:
            return file.read().splitlines()

    def deploy(self, region="eu-west-3", arguments=("configuration.json",)):
        environment = {"PATH": os.path.join(self.folder, "commands") + ":" + os.environ["PATH"], "STANDINS": self.folder}
        if region:
            environment["AWS_REGION"] = region
        return subprocess.run([os.path.join(self.folder, "bin/deploy"), *arguments], env=environment, timeout=30,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")

    def test_what_templates_refer_to_is_put_before_the_stack_is_deployed(self):
        result = self.deploy()

        self.assertEqual((0, ""), (result.returncode, result.stdout))
        calls = self.calls()
        self.assertEqual("synth configuration.json 403000000000 eu-west-3 artifacts " + SUM + " " + VERSION, calls[4])
        self.assertTrue(calls[5].endswith("asset.1.jar s3://artifacts/deployment/1.jar"))
        self.assertTrue(calls[6].endswith("asset.2.zip s3://artifacts/deployment/2.zip"))
        self.assertIn("cloudformation deploy --stack-name cfn-sovereign-keys-mainstack", calls[7])
        self.assertIn("--s3-bucket artifacts", calls[7])
        self.assertEqual(8, len(calls))

    def test_before_there_is_a_package_nothing_is_known_of_it(self):
        for code in ("403", "404"):
            self.write("sum-error", f"fatal error: An error occurred ({code}) when calling the HeadObject operation")

            self.assertEqual(0, self.deploy().returncode)
            self.assertIn("synth configuration.json 403000000000 eu-west-3 artifacts  ", self.calls())

    def test_a_checksum_that_cannot_be_read_or_is_none_stops_the_deployment(self):
        self.write("sum", "package\n")
        self.assertIn("is no checksum", self.deploy().stdout)
        self.write("sum-error", "fatal error: Could not connect to the endpoint URL")
        result = self.deploy()

        self.assertEqual(1, result.returncode)
        self.assertIn("cannot be read: fatal error: Could not connect", result.stdout)
        self.assertFalse([call for call in self.calls() if call.startswith("synth")])

    def test_a_bucket_without_versions_stops_the_deployment(self):
        for version in ("None", ""):
            self.write("version", version + "\n")
            result = self.deploy()

            self.assertEqual(1, result.returncode)
            self.assertIn("has no version", result.stdout)
            self.assertFalse([call for call in self.calls() if call.startswith("synth")])

    def test_wrong_usage_does_nothing(self):
        for arguments in (["--putonly"], ["--put-only", "--foo"], ["one.json", "two.json"]):
            result = self.deploy(arguments=arguments)

            self.assertEqual(2, result.returncode)
            self.assertIn("(--help shows how it is called)", result.stdout)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "calls")))

    def test_folders_are_zipped_without_their_own_name(self):
        self.deploy()

        with zipfile.ZipFile(os.path.join(self.folder, "put/asset.2.zip")) as archive:
            self.assertEqual(["folder/more.js", "index.js"], sorted(n for n in archive.namelist() if n.endswith(".js")))

    def test_help_is_shown_and_nothing_done(self):
        for option in ("-h", "--help"):
            result = self.deploy(arguments=[option])

            self.assertEqual(0, result.returncode)
            self.assertTrue(result.stdout.startswith("Usage: deploy [--put-only] [CONFIGURATION]\n"))
            self.assertFalse(os.path.exists(os.path.join(self.folder, "calls")))

    def test_the_deployment_is_left_to_the_pipeline(self):
        self.assertEqual(0, self.deploy(arguments=["--put-only", "configuration.json"]).returncode)

        calls = self.calls()
        self.assertEqual("synth configuration.json 403000000000 eu-west-3 artifacts " + SUM + " " + VERSION, calls[4])
        self.assertTrue(calls[-1].endswith("asset.2.zip s3://artifacts/deployment/2.zip"))

    def test_without_the_export_nothing_is_done(self):
        self.write("export", "")

        result = self.deploy()

        self.assertEqual(1, result.returncode)
        self.assertIn("there is no export sovereign-keys:S3ArtifactBucketName", result.stdout)
        self.assertEqual(1, len(self.calls()))

    def test_without_a_region_nothing_is_synthesised(self):
        result = self.deploy(region=None)

        self.assertEqual(1, result.returncode)
        self.assertIn("no region is set", result.stdout)
        self.assertFalse([call for call in self.calls() if call.startswith("synth")])

    def test_a_synthesis_without_a_list_of_files_is_not_deployed(self):
        self.write("bin/synth", "#!/bin/bash\n")

        self.assertNotEqual(0, self.deploy().returncode)
        self.assertNotIn("cloudformation deploy", "\n".join(self.calls()))

    def test_what_cannot_be_put_stops_the_deployment(self):
        self.write("broken", "")

        self.assertNotEqual(0, self.deploy().returncode)
        self.assertNotIn("cloudformation deploy", "\n".join(self.calls()))


if __name__ == "__main__":
    unittest.main()
