# SPDX-License-Identifier: GPL-3.0-or-later
"""start-node.sh, the user data of a node, with stand-ins for the commands that it calls."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "infra-cdk/src/main/resources/org/sovereignkeys/infrastructure/cluster/start-node.sh")
SUCCESS = "signal-resource --stack-name stack --logical-resource-id Nodes --unique-id i-0123456789abcdef0 --status SUCCESS"
FAILURE = SUCCESS.replace("SUCCESS", "FAILURE")

with open(os.path.join(ROOT, "api-service/src/main/java/org/sovereignkeys/cluster/NodeState.java"), encoding="utf-8") as states:
    NODE_STATES = states.read()

SETTINGS = {"HSM_TYPE": "proteccio", "EKT_BUCKET": "keys", "AUDIT_BUCKET": "log", "VPC_INFOS_TABLE": "customers", "SK_NODES": "group",
            "SK_AUTHORITY_KEY": "arn:aws:kms:eu-west-3:123456789012:key/1", "SELF_LOCKER_ON": "true", "SK_METRICS_NAMESPACE": "Metrics",
            "SK_PACKAGE_VERSION": "", "SK_PACKAGE_SUM": ""}

# The first lines of the files "health" and "healthy-targets" are the next answers; the last ones stay.
CURL = """#!/bin/bash
case "$*" in
*/api/token*) echo token ;;
*/instance-id*) echo i-0123456789abcdef0 ;;
*/healthcheck*)
  read -r status detail <health
  [[ -z $detail ]] || echo '{"detail":"This node is '"$detail"'."}'
  printf '\\n%s' "$status"
  if (($(wc -l <health) > 1)); then sed -i 1d health; fi
  ;;
esac
"""
# What the bucket holds are the files below "bucket"; a role that may not list it is told 403 of all else.
AWS = """#!/bin/bash
case "$*" in
*describe-target-health*)
  [[ ! -e broken-balancer ]] || exit 1
  head -n 1 healthy-targets
  if (($(wc -l <healthy-targets) > 1)); then sed -i 1d healthy-targets; fi
  ;;
*create-log-stream* | *put-log-events*) [[ ! -e broken-network ]] && printf '%s\n' "$*" >>log-group ;;
"s3api get-object --bucket artifacts --key sovereign-instances/sovereign-keys-api.rpm --version-id "*)
  cp "bucket/sovereign-keys-api.rpm.$8" "$9" 2>/dev/null || { echo 'NoSuchVersion' >&2 && exit 254; }
  ;;
"s3 cp "*)
  name=${*: -2:1}
  name=bucket/${name#s3://artifacts/sovereign-instances/}
  if [[ -e broken-network ]]; then echo 'fatal error: Could not connect to the endpoint URL' >&2 && exit 1; fi
  if [[ ! -e $name ]]; then echo 'fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden' >&2 && exit 1; fi
  cp "$name" "${*: -1}"
  ;;
*) echo "$*" >>calls ;;
esac
"""
# The package brings the HSM's install script, and the settings' folder.
DNF = """#!/bin/bash
echo "dnf $*" >>calls
[[ ! -e broken-package ]] || exit 1
home=root/usr/lib/sovereign-keys-api
mkdir -p root/etc/sovereign-keys-api $home/hsm/proteccio root/usr/share/sovereign-keys-api
echo '{"log_group_name": "@LOG_GROUP@"}' >root/usr/share/sovereign-keys-api/amazon-cloudwatch-agent.json
printf '#!/bin/sh\\necho "layer of $SK_ARTIFACT_BUCKET" >>calls\\n[ ! -e broken-layer ]\\n' >$home/hsm/proteccio/install
chmod +x $home/hsm/proteccio/install
"""
SYSTEMCTL = """#!/bin/bash
echo "systemctl $*" >>calls
"""
# Looks come one upon the other; what is longer shows.
SLEEP = """#!/bin/bash
(($1 < 60)) || echo "sleep $1" >>calls
"""
# What a node does that cannot start: it is looked into for a while, then the group has another one.
GIVES_WAY = ["cloudformation " + FAILURE, "sleep 600", "systemctl poweroff"]


class StartNodeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        for name, text in (("curl", CURL), ("aws", AWS), ("dnf", DNF), ("systemctl", SYSTEMCTL), ("sleep", SLEEP)):
            self.write(name, text)
            os.chmod(os.path.join(self.folder, name), 0o700)
        os.makedirs(os.path.join(self.folder, "bucket", "tools"))
        self.put("sovereign-keys-api.rpm", "package")
        for tool in ("etcd", "ssss-combine"):
            self.put("tools/" + tool, "#!/bin/sh\n", checksum=True)

    def put(self, name, text, checksum=False):
        self.write("bucket/" + name, text)
        if checksum:
            self.write("bucket/" + name + ".sha256", hashlib.sha256(text.encode("utf-8")).hexdigest() + "  " + name + "\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read().splitlines()

    def start(self, health, healthy_targets, patience=60, alone=0, settings=None):
        """The calls that changed something."""
        self.write("health", health)
        self.write("healthy-targets", healthy_targets + "\n")
        # Of this machine's tools, those of the system; what may be there is brought by no test.
        environment = {"PATH": self.folder + ":" + self.tools(), "SK_TEST_ROOT": "root", "SK_PATIENCE": str(patience), "SK_ALONE": str(alone),
                       "SK_ARTIFACT_BUCKET": "artifacts", "SK_STACK": "stack", "SK_NODES_RESOURCE": "Nodes", "SK_TARGET_GROUP": "targets",
                       "SK_LOG_GROUP": "log-group", "AWS_DEFAULT_REGION": "eu-west-3", **SETTINGS, **(settings or {})}
        result = subprocess.run(["bash", SCRIPT], cwd=self.folder, env=environment, check=True, timeout=30, encoding="utf-8",
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = result.stdout
        return self.read("calls")

    def tools(self):
        """A folder with the commands that every system has, and none of those that a node may lack."""
        folder = os.path.join(self.folder, "tools")
        if not os.path.exists(folder):
            os.mkdir(folder)
            for name in ("bash", "cat", "chmod", "cp", "cut", "date", "head", "install", "mkdir", "mv", "paste", "sed", "sha256sum", "sh",
                         "tail", "tr", "wc"):
                os.symlink(shutil.which(name), os.path.join(folder, name))
        return folder

    def settings(self):
        return self.read("root/etc/sovereign-keys-api/node.env")

    def test_package_client_settings_and_units_come_before_success_is_told(self):
        calls = self.start("204\n", "2")

        self.assertEqual(["dnf --assumeyes --quiet install root/root/sovereign-keys/sovereign-keys-api.rpm", "layer of artifacts",
                          "systemctl enable sovereign-keys-node.target", "systemctl start --no-block sovereign-keys-node.target",
                          "cloudformation " + SUCCESS], calls)

    def test_the_settings_are_what_the_services_need_and_open_to_nobody_else(self):
        self.start("204\n", "2")

        self.assertEqual(["HSM_TYPE=proteccio", "EKT_BUCKET=keys", "AUDIT_BUCKET=log", "VPC_INFOS_TABLE=customers",
                          "SOVEREIGNKEYS_METRICS=cloudwatch:Metrics", "AWS_REGION=eu-west-3", "SK_NODES=group",
                          "SK_AUTHORITY_KEY=arn:aws:kms:eu-west-3:123456789012:key/1",
                          "SOVEREIGNKEYS_CLUSTER=etcd:127.0.0.1:2379", "SOVEREIGNKEYS_ETCD_CA=/mnt/ram-store/node/authority.pem",
                          "SOVEREIGNKEYS_ETCD_CERTIFICATE=/mnt/ram-store/node/certificate.pem",
                          "SOVEREIGNKEYS_ETCD_KEY=/mnt/ram-store/node/key.pem", "SK_ETCD=/usr/local/bin/etcd",
                          "SELF_LOCKER_ON=true", "SK_ARTIFACT_BUCKET=artifacts"], self.settings())
        mode = os.stat(os.path.join(self.folder, "root/etc/sovereign-keys-api/node.env")).st_mode
        self.assertEqual(0o640, mode & 0o777)

    def test_a_checksum_that_lies_beside_the_package_must_hold(self):
        self.put("sovereign-keys-api.rpm", "package", checksum=True)
        self.assertEqual("cloudformation " + SUCCESS, self.start("204\n", "0")[-1])

        self.write("bucket/sovereign-keys-api.rpm", "another package")
        self.write("calls", "")
        self.assertEqual(GIVES_WAY, self.start("204\n", "0"))
        self.assertIn("has another checksum", self.output)

    def test_a_package_without_a_checksum_is_installed_and_that_is_said(self):
        self.start("204\n", "0")
        self.assertIn("no checksum stands beside sovereign-keys-api.rpm", self.output)

    def test_the_package_is_the_version_that_was_deployed_whatever_came_after(self):
        self.write("bucket/sovereign-keys-api.rpm.version-1", "the package of then")
        settings = {"SK_PACKAGE_VERSION": "version-1", "SK_PACKAGE_SUM": hashlib.sha256(b"the package of then").hexdigest()}

        self.assertEqual("cloudformation " + SUCCESS, self.start("204\n", "0", settings=settings)[-1])
        self.assertEqual(["the package of then"], self.read("root/root/sovereign-keys/sovereign-keys-api.rpm"))

    def test_a_version_with_another_checksum_or_none_at_all_is_not_installed(self):
        settings = {"SK_PACKAGE_VERSION": "version-1", "SK_PACKAGE_SUM": hashlib.sha256(b"the package of then").hexdigest()}
        self.assertEqual(GIVES_WAY, self.start("204\n", "0", settings=settings))
        self.assertIn("is not in the artifact bucket", self.output)

        self.write("bucket/sovereign-keys-api.rpm.version-1", "another package")
        self.write("calls", "")
        self.assertEqual(GIVES_WAY, self.start("204\n", "0", settings=settings))
        self.assertIn("has another checksum", self.output)

    def test_a_bucket_that_does_not_answer_is_a_failure(self):
        self.write("broken-network", "")
        self.assertEqual(GIVES_WAY, self.start("204\n", "0"))

    def test_etcd_is_installed_with_a_checksum_only(self):
        self.start("204\n", "0")
        etcd = os.path.join(self.folder, "root/usr/local/bin/etcd")
        self.assertEqual(0o755, os.stat(etcd).st_mode & 0o777)

        os.remove(etcd)
        os.remove(os.path.join(self.folder, "bucket/tools/etcd.sha256"))
        self.assertEqual(GIVES_WAY, self.start("204\n", "0")[-3:])
        self.assertFalse(os.path.exists(etcd))

    def test_a_node_does_without_ssss(self):
        os.remove(os.path.join(self.folder, "bucket/tools/ssss-combine"))
        self.assertEqual("cloudformation " + SUCCESS, self.start("204\n", "0")[-1])
        self.assertIn("ssss-combine is not there", self.output)

    def test_without_the_client_of_its_hsm_a_node_does_not_start(self):
        self.write("broken-layer", "")
        calls = self.start("204\n", "0")
        self.assertEqual(GIVES_WAY, calls[-3:])
        self.assertFalse([call for call in calls if call.startswith("systemctl") and call not in GIVES_WAY])

    def test_the_log_goes_to_its_group_where_the_agent_is_there(self):
        self.start("204\n", "0")
        self.assertIn("the CloudWatch agent is missing", self.output)

        control = "root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
        os.makedirs(os.path.dirname(os.path.join(self.folder, control)))
        self.write(control, '#!/bin/sh\nfor last; do :; done\ncat "${last#file:}" >configured\n')
        os.chmod(os.path.join(self.folder, control), 0o700)
        self.start("204\n", "0")
        self.assertEqual(['{"log_group_name": "log-group"}'], self.read("configured"))

    def test_where_nobody_serves_a_node_that_waits_for_its_secrets_or_its_hsm_has_started(self):
        for detail in ("waiting for the client key (PUT /client-key)", "waiting for the PIN (PUT /hsm-pin)",
                       "waiting for another PIN, for the HSM refuses the one that the nodes share", "waiting for the HSM to come back"):
            self.assertIn(detail, NODE_STATES)
            self.assertEqual("cloudformation " + SUCCESS, self.start(f"000\n503 {detail}\n", "0")[-1])

    def test_a_node_that_waits_for_what_no_operator_brings_has_not_started(self):
        for detail in ("waiting for etcd to answer", "ending, for the HSM came back with other keys", "unable to write its log"):
            self.assertEqual("cloudformation " + FAILURE, self.start(f"503 {detail}\n", "0", patience=1)[-1])
            self.assertIn(" s: {\"detail\":\"This node is " + detail, self.output)

    def test_a_node_whose_installation_took_all_the_time_is_looked_at_once(self):
        self.assertEqual("cloudformation " + SUCCESS, self.start("204\n", "2", patience=0)[-1])
        self.assertEqual("cloudformation " + FAILURE, self.start("000\n", "2", patience=0)[-1])

    def test_that_nobody_serves_must_last(self):
        waiting = "503 waiting for the PIN (PUT /hsm-pin)\n"
        self.assertEqual("cloudformation " + FAILURE, self.start(waiting, "0\n0\n1", patience=4, alone=2)[-1])
        self.assertEqual("cloudformation " + FAILURE, self.start(2 * waiting + "503 waiting for etcd to answer\n", "0", patience=4, alone=2)[-1])
        self.assertEqual("cloudformation " + SUCCESS, self.start(waiting, "2\n0", alone=2)[-1])

    def test_where_others_serve_a_node_serves_first(self):
        self.assertEqual("cloudformation " + SUCCESS, self.start("000\n503 waiting for the PIN\n503 waiting for the PIN\n204\n", "2")[-1])
        self.assertEqual(["204"], self.read("health"))

    def test_where_others_serve_a_node_that_never_does_has_failed(self):
        self.assertEqual("cloudformation " + FAILURE, self.start("503 waiting for the PIN\n", "2", patience=1)[-1])

    def test_where_it_is_not_known_whether_others_serve_a_node_serves_first(self):
        self.write("broken-balancer", "")
        self.assertEqual("cloudformation " + SUCCESS, self.start("503 waiting for the PIN\n503 waiting for the PIN\n204\n", "0")[-1])
        self.assertEqual(["204"], self.read("health"))

    def test_a_node_that_never_listens_has_failed(self):
        self.assertEqual("cloudformation " + FAILURE, self.start("000\n", "0", patience=1)[-1])

    def test_a_package_that_cannot_be_installed_is_a_failure(self):
        self.write("broken-package", "")

        self.assertEqual(GIVES_WAY, self.start("204\n", "0")[-3:])

    def test_a_node_whose_failure_nobody_takes_gives_way_too(self):
        self.write("broken-network", "")
        self.write("aws", AWS.replace("case", "if [[ $* == *signal-resource* ]]; then exit 255; fi\ncase", 1))
        self.write("calls", "")

        self.assertEqual(GIVES_WAY[1:], self.start("204\n", "0"))

    def test_why_a_node_did_not_start_is_in_the_log_group(self):
        os.makedirs(os.path.join(self.folder, "root/var/log"))
        said = [f"line {number}" for number in range(100)] + ["", 'of "C:\\" \u00e9\t!']
        self.write("root/var/log/cloud-init-output.log", "\n".join(said) + "\n")
        for file, health in (("broken-package", "204\n"), ("nothing", "503\n")):
            self.write(file, "")
            self.write("log-group", "")
            self.start(health, "2", patience=1)

            stream, events = self.read("log-group")
            self.assertEqual("logs create-log-stream --log-group-name log-group --log-stream-name i-0123456789abcdef0/start", stream)
            self.assertTrue(events.startswith("logs put-log-events --log-group-name log-group --log-stream-name i-0123456789abcdef0/start"))
            events = json.loads(events[events.index(" --log-events ") + len(" --log-events "):])
            self.assertEqual([f"line {number}" for number in range(62, 100)] + ['of "C:\\" !'], [event["message"] for event in events])
            self.assertLess(abs(events[0]["timestamp"] / 1000 - time.time()), 60)
            os.remove(os.path.join(self.folder, file))

    def test_a_start_that_went_well_sends_nothing(self):
        self.start("204\n", "2")
        self.assertFalse(os.path.exists(os.path.join(self.folder, "log-group")))

    def test_a_node_that_runs_is_left_to_itself_whatever_it_waits_for(self):
        self.assertFalse([call for call in self.start("503\n", "2", patience=1) if "poweroff" in call])


if __name__ == "__main__":
    unittest.main()
