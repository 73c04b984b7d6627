# SPDX-License-Identifier: GPL-3.0-or-later
"""utils/sk-customer, with a stand-in for the AWS command line."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

COMMAND = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sk-customer")
VPC = "vpc-0b1e8a8e776a87423"
ROLE = "arn:aws:iam::123456789012:role/SovereignKeys"

# Keeps the table in a file, as far as sk-customer asks for it.
AWS = """#!{python}
import json, sys
arguments = sys.argv[1:]
option = dict(zip(arguments[2::2], arguments[3::2])) if arguments[1] != "scan" else {{}}
with open("table.json") as file:
    table = json.load(file)
if arguments[1] == "scan":
    print(json.dumps({{"Items": list(table.values())}}))
else:
    item = json.loads(option.get("--item") or option["--key"])
    key = item["VPCID"]["S"]
    wanted = option["--condition-expression"] == "attribute_exists(VPCID)"
    if (key in table) != wanted:
        sys.exit("An error occurred (ConditionalCheckFailedException)")
    if arguments[1] == "put-item":
        table[key] = item
    else:
        del table[key]
with open("table.json", "w") as file:
    json.dump(table, file)
""".format(python=sys.executable)


class SkCustomerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("aws", AWS)
        os.chmod(os.path.join(self.folder, "aws"), 0o700)
        self.write("table.json", "{}")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def table(self):
        with open(os.path.join(self.folder, "table.json"), encoding="utf-8") as file:
            return json.load(file)

    def run_command(self, *arguments):
        environment = dict(os.environ, PATH=self.folder + ":" + os.environ["PATH"])
        result = subprocess.run([COMMAND, *arguments], cwd=self.folder, env=environment, universal_newlines=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return result.returncode, result.stdout

    def test_a_customer_is_added_with_its_members(self):
        self.assertEqual((0, ""), self.run_command("add", VPC, "--role", ROLE, "--external-id", "a-secret/42",
                                                   "--audit-bucket", "customer-audit", "--ekt-name", "first"))

        self.assertEqual({VPC: {"VPCID": {"S": VPC}, "RemoteRoleARN": {"S": ROLE}, "ExternalId": {"S": "a-secret/42"},
                                "AuditBucketName": {"S": "customer-audit"}, "EktName": {"S": "first"}}}, self.table())

    def test_a_table_without_a_name_is_wrong_usage(self):
        for arguments in (["--table"], ["--table", "", "list"]):
            self.assertEqual((2, "sk-customer: --table wants the name of a table (--help shows how it is called)\n"),
                             self.run_command(*arguments))

    def test_a_customer_that_is_there_is_not_replaced(self):
        self.run_command("add", VPC, "--role", ROLE)

        code, output = self.run_command("add", VPC)

        self.assertEqual(1, code)
        self.assertIn("registered already", output)
        self.assertIn("RemoteRoleARN", self.table()[VPC])

    def test_a_wrong_form_is_refused_before_anything_is_written(self):
        for arguments in (("vpc-1",), (), (VPC, "--role", "SovereignKeys"), (VPC, "--role"), (VPC, "--ekt-name", "../x"),
                          (VPC, "--role", ROLE, "--external-id", "with space"), (VPC, "--colour", "red"),
                          (VPC, "--external-id", "without-role")):
            with self.subTest(arguments=arguments):
                self.assertEqual(2, self.run_command("add", *arguments)[0])
                self.assertEqual({}, self.table())

    def test_a_customer_is_removed_once(self):
        self.run_command("add", VPC)

        self.assertEqual((0, ""), self.run_command("remove", VPC))
        self.assertEqual({}, self.table())
        code, output = self.run_command("remove", VPC)
        self.assertEqual((1, "sk-customer: {} is not registered\n".format(VPC)), (code, output))

    def test_customers_are_listed_in_order(self):
        self.run_command("add", VPC, "--role", ROLE)
        self.run_command("add", "vpc-00000000")

        code, output = self.run_command("list")

        self.assertEqual((0, [{"VPCID": "vpc-00000000"}, {"VPCID": VPC, "RemoteRoleARN": ROLE}]),
                         (code, [json.loads(line) for line in output.splitlines()]))

    def test_what_is_well_needs_no_word(self):
        self.run_command("add", VPC, "--role", ROLE)

        self.assertEqual((0, ""), self.run_command("check"))
        self.assertEqual((0, ""), self.run_command("check", VPC))

    def test_members_that_are_not_of_their_form_are_named(self):
        self.write("table.json", json.dumps({VPC: {"VPCID": {"S": VPC}, "RemoteRoleARN": {"S": "SovereignKeys"},
                                                   "EktName": {"N": "42"}, "AuditBucketName": {"S": ""}}}))

        code, output = self.run_command("check")

        self.assertEqual((1, ["{}: {} is not of its form".format(VPC, member)
                              for member in ("RemoteRoleARN", "EktName", "AuditBucketName")]), (code, output.splitlines()))

    def test_whom_nobody_knows_cannot_be_checked(self):
        self.assertEqual(1, self.run_command("check", VPC)[0])


if __name__ == "__main__":
    unittest.main()
