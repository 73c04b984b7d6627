# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/runbooks tells operators to do: its shell is shell, its commands, options, names and sentences exist, and the blocks
that need no AWS ("sh run") work and print what the page shows."""
import functools
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import runbook_pages

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INDEX = "docs/runbooks/README.md"
ATHENA = "docs/runbooks/read-log-with-athena.md"
CEREMONY = "docs/runbooks/key-ceremony.md"
ROTATION = "docs/runbooks/rotate-client-certificate.md"
PAUSE = "docs/runbooks/pause-and-resume.md"
DESTRUCTION = "docs/runbooks/destroy.md"
SECTIONS = ["When", "Before", "Steps", "It worked if", "When a step fails", "The way back"]
# What AWS's command line has beside the operations of the services' models.
AWS_OF_ITS_OWN = {
    ("logs", "tail"): {"--since"},
    ("cloudformation", "deploy"): {"--stack-name", "--template-file", "--capabilities", "--parameter-overrides"},
    ("s3", "cp"): {"--recursive", "--only-show-errors"},
    ("s3", "ls"): {"--recursive"},
    ("s3", "rm"): {"--recursive", "--quiet"},
    ("s3", "sync"): {"--only-show-errors"},
    ("ec2", "run-instances"): {"--associate-public-ip-address"},
    ("s3api", "list-object-versions"): {"--max-items"},
    ("sns", "subscribe"): {"--notification-endpoint"},
}
# What a block needs that is not run here.
OUT_OF_REACH = {"aws", "curl", "mssh", "ssh", "ssh-add", "infra-cdk/bin/deploy", "infra-cdk/bin/put-packages", "utils/sk-customer"}
ON_NODES_AND_INSTANCES = {"sk-automount", "sk-node", "sk-set-hsm-password", "sk-takeown"}
# Else, by what a block has: why it is not run.
NOT_RUN = {
    "agent-linux/packaging/build": "it writes into the clone, and builds; the agent's own tests build",
    "./mvnw -q -DskipTests package": "it builds all",
}
AWS_FOR_ALL = {"--output", "--query"}
# Is given names of services and queries. Prints the services' operations, and what can be waited for, each with its options, and
# what is wrong with queries.
AWS_MODEL = """
import json, sys
import botocore.session, jmespath
from botocore import xform_name
def options(shape):
    for name, member in shape.members.items() if shape else ():
        yield "--" + xform_name(name, "-")
        if member.type_name == "boolean":
            yield "--no-" + xform_name(name, "-")
session = botocore.session.get_session()
def problem(query):
    try:
        jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        return str(error)
model = {}
asked = json.load(sys.stdin)
for name in asked["services"]:
    service = session.get_service_model(name)
    model[name] = {xform_name(operation, "-"): list(options(service.operation_model(operation).input_shape))
                   for operation in service.operation_names}
    try:
        waiters = session.get_waiter_model(name)
    except botocore.exceptions.UnknownServiceError:
        continue
    for waiter in waiters.waiter_names:
        operation = xform_name(waiters.get_waiter(waiter).operation, "-")
        model[name]["wait " + xform_name(waiter, "-")] = model[name][operation]
print(json.dumps([model, [problem(query) for query in asked["queries"]]]))
"""


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def runbooks():
    return sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, "docs/runbooks/*.md")))


def pages():
    return runbooks() + ["docs/agent.md", "docs/deployment.md"]


@functools.lru_cache(maxsize=None)
def files():
    """Of the repository: what git tracks or would, else all but what builds leave."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False, encoding="utf-8")
    if listed.returncode == 0:
        return [path for path in listed.stdout.splitlines() if os.path.isfile(os.path.join(ROOT, path))]
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in (".git", ".venv", "node_modules", "target")]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return found


def shell_blocks(page):
    return [block for block in runbook_pages.blocks(page, read(page)) if block.info[:1] == ["sh"]]


def commands():
    """Each command of each page, with the block that it stands in; and what the prose has of commands with arguments."""
    for page in pages():
        for block in shell_blocks(page):
            for words in runbook_pages.commands(block.text):
                yield block, words
        for code in re.findall(r"`((?:sudo )?(?:sk-|utils/|infra-cdk/|agent-linux/)[^` ]+ [^`]*)`", runbook_pages.prose(read(page))):
            for words in runbook_pages.commands(code + "\n"):
                yield page, words


def own_command(words):
    """The path in the repository of the command that is called, or None when it is none of ours, and its arguments."""
    if words[0].startswith("python3"):
        words = words[1:]
    name = words[0]
    if name == "./mvnw":
        return None, []
    if "/" in name and not name.startswith(("./", "/")):
        return name, words[1:]
    if name.startswith(("sk-", "./")):
        places = [path for path in files() if os.path.basename(path) == os.path.basename(name) and "/tests/" not in path]
        return (places or [name])[0], words[1:]
    return None, []


@functools.lru_cache(maxsize=None)
def usage(path):
    result = subprocess.run([os.path.join(ROOT, path), "--help"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30,
                            stdin=subprocess.DEVNULL, encoding="utf-8", check=False)
    if result.returncode == 0:
        return result.stdout
    # A program in Java may not be built yet: its module has its name.
    return "".join(read(each) for each in files() if each.startswith(os.path.basename(path) + "/src/main/"))


def table_names():
    """The names that docs/deployment.md lists, which a test holds against the templates."""
    section = read("docs/deployment.md").split("\n## Names\n")[1].split("\n## ")[0]
    return re.findall(r"`([^`]+)`", section)

# main-configuration.json as it comes; a site has its own.
DELIVERED = '''{"Parameters": {"ToggleMainResourceCreation": "false", "InstanceType": "t3.small", "HsmType": "cloudhsm",
                "ObjectLockMode": "GOVERNANCE"}}
'''


class RunbooksTest(unittest.TestCase):
    maxDiff = None

    def test_the_index_leads_to_each_page(self):
        links = re.findall(r"\]\(([\w-]+\.md)\)", read(INDEX))

        self.assertEqual([page for page in runbooks() if page != INDEX], sorted({"docs/runbooks/" + link for link in links}))

    def test_each_page_has_the_same_sections(self):
        for page in runbooks():
            if page != INDEX:
                with self.subTest(page):
                    self.assertEqual(SECTIONS, re.findall(r"^## (.*)$", read(page), re.MULTILINE))

    def test_blocks_are_of_kinds_that_are_known(self):
        for page in runbooks():
            for block in runbook_pages.blocks(page, read(page)):
                with self.subTest(str(block)):
                    self.assertIn(block.info, (["sh"], ["sh", "run"], ["text"], ["sql"], ["json"]))
                    if block.info == ["json"]:
                        json.loads(block.text)

    def test_each_block_begins_at_the_margin(self):
        """Others are not seen here."""
        for page in runbooks():
            self.assertEqual([], re.findall(r"^[ \t>]+```.*", read(page), re.MULTILINE), page)

    def test_each_block_is_shell(self):
        for page in pages():
            for block in shell_blocks(page):
                with self.subTest(str(block)):
                    result = subprocess.run(["bash", "-n"], input=block.text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                            encoding="utf-8", check=False)
                    self.assertEqual((0, ""), (result.returncode, result.stdout))

    def test_the_blocks_of_a_page_are_one_sound_script(self):
        """So each page sets the variables that it uses."""
        self.shellcheck({os.path.basename(page): shell_blocks(page) for page in pages()})

    def shellcheck(self, scripts):
        """Scripts, by name, each of the blocks that it consists of."""
        with tempfile.TemporaryDirectory() as folder:
            for name, blocks in scripts.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write("# shellcheck shell=bash\nset -e\n" + "".join(block.text for block in blocks))
            result = subprocess.run(["shellcheck", "--exclude", "SC2100"] + sorted(os.listdir(folder)), cwd=folder, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        self.assertEqual((0, ""), (result.returncode, result.stdout))

    def test_our_commands_are_there_and_know_their_options(self):
        found = set()
        for block, words in commands():
            path, arguments = own_command(words)
            if path is None:
                continue
            found.add(path)
            with self.subTest(str(block), command=words):
                self.assertTrue(path in files(), "there is no such command")
                self.assertTrue(os.access(os.path.join(ROOT, path), os.X_OK) or "/resources/" in path, "it cannot be run")
                verbs = [word for word in arguments[:1] if re.match(r"[a-z]+(-[a-z]+)*$", word)]
                for word in verbs + [word for word in arguments if word.startswith("-")]:
                    self.assertRegex(usage(path), r"(?<![\w-]){}(?![\w-])".format(re.escape(word)))
        self.assertIn("utils/sk-customer", found)

    def test_aws_has_the_operations_and_options(self):
        calls = [(block, words[1:]) for block, words in commands() if words[0] == "aws"]
        queries = [words[words.index("--query") + 1] for _, words in calls if "--query" in words]
        model, problems = self.ask_aws_model({words[0] for _, words in calls} - {"s3api"} | {"s3"}, queries)
        model["s3api"] = model.pop("s3")
        self.assertEqual([], [problem for problem in problems if problem])
        self.assertLess(50, len(calls))
        for block, words in calls:
            service, operation = words[0], words[1]
            if operation == "wait":
                operation += " " + words[2]
            with self.subTest(str(block), command=words):
                known = AWS_FOR_ALL | AWS_OF_ITS_OWN.get((service, operation), set()) | set(model.get(service, {}).get(operation, ()))
                self.assertTrue((service, operation) in AWS_OF_ITS_OWN or operation in model.get(service, ()), "no such operation")
                for option in words:
                    if option.startswith("--"):
                        self.assertIn(option, known)

    def ask_aws_model(self, services, queries):
        """Services by their operations by their options, and what is wrong with each query, or None."""
        emulator = os.path.join(ROOT, "utils/aws-emulator")
        python = os.path.join(emulator, ".venv/bin/python")
        if not os.path.exists(python):
            subprocess.run([os.path.join(emulator, "start"), "--help"], stdout=subprocess.DEVNULL, check=True)
        asked = {"services": sorted(services), "queries": [re.sub(r"\$\w+", "x", query) for query in queries]}
        result = subprocess.run([python, "-c", AWS_MODEL], input=json.dumps(asked), stdout=subprocess.PIPE, encoding="utf-8",
                                check=True)
        return json.loads(result.stdout)

    def test_links_lead_somewhere(self):
        for page in [path for path in files() if path.endswith(".md")]:
            for target in re.findall(r"\]\(([^)]+)\)", runbook_pages.prose(read(page))):
                if target.startswith("https://"):
                    continue
                with self.subTest(page, target=target):
                    path, _, anchor = target.partition("#")
                    place = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
                    self.assertTrue(os.path.exists(os.path.join(ROOT, place)), "no such file")
                    if anchor:
                        self.assertIn(anchor, runbook_pages.anchors(read(place)))

    def test_paths_of_the_repository_are_there(self):
        top = {path.split("/")[0] for path in files() if "/" in path}
        for page in runbooks():
            for path in re.findall(r"(?<![\w./-])([\w.-]+(?:/[\w.*-]+)+)", read(page)):
                if path.split("/")[0] in top and "/target/" not in path:
                    with self.subTest(page, path=path):
                        self.assertTrue(glob.glob(os.path.join(ROOT, path)), "no such file")

    def test_names_of_what_is_deployed_are_those_of_the_templates(self):
        names = table_names()
        for page in runbooks():
            text = read(page).replace("${identifier:?}", "identifier")
            for name in re.findall(r"(?<![\w-])(?:alias/)?[A-Za-z0-9]+-sovereign-keys-[a-z0-9-]+|sovereign-keys:\w+", text) + \
                    re.findall(r"OutputKey=='(\w+)'", text):
                with self.subTest(page, name=name):
                    name = name.replace("identifier-", "IDENTIFIER-").replace("eu-west-3", "REGION")
                    self.assertTrue([each for each in names if each == name or name.endswith("-") and each.startswith(name)])

    def test_what_is_put_for_nodes_is_what_nodes_take(self):
        takers = "\n".join(read(path) for path in files() if re.match(r"hsm-conf/(cloudhsm|proteccio)/install$", path) or
                           path.endswith(("/start-node.sh", "/sk-self-locker")))
        keys = set()
        for page in runbooks():
            keys |= set(re.findall(r"\b((?:cloudhsm|proteccio)(?:-conf)?|tools)/([\w.-]*\w)", read(page)))
            keys |= set(re.findall(r"\bsovereign-instances/(\w+)/()", read(page)))
        self.assertLess(10, len(keys))
        for folder, name in sorted(keys):
            with self.subTest(folder=folder, name=name):
                self.assertIn(folder + "/", takers)
                if not re.match(r"HSM\d\.crt$|client\.crt$|SHA256SUMS$|$", name):
                    self.assertRegex(takers, r"(?<![\w.-]){}(?![\w.-])".format(re.escape(name)))

    def test_parameters_are_those_of_the_configuration(self):
        known = set(re.findall(r"`(\w+)`", read("docs/deployment.md").split("\n## Configuration\n")[1].split("\n## ")[0]))
        for page in runbooks():
            text = read(page)
            used = set(re.findall(r"\.Parameters\.(\w+)", text))
            for members in re.findall(r"\.Parameters \+= {([^}]*)}", text):
                used |= set(re.findall(r"(\w+):", members))
            for block in runbook_pages.blocks(page, text):
                if block.info == ["json"]:
                    used |= set(json.loads(block.text).get("Parameters", ()))
            with self.subTest(page):
                self.assertEqual(set(), used - known)

    def test_sentences_of_ours_stand_in_the_code(self):
        code = "\n".join(read(path) for path in files() if self.is_code(path))
        code = re.sub(r'"\s*\+\s*"', "", code)
        for page in runbooks():
            for said in self.sentences(read(page)):
                for part in said.split("…"):
                    with self.subTest(page, said=said):
                        self.assertTrue(part.strip() in code, "no code says so")

    @staticmethod
    def is_code(path):
        if re.search(r"(^docs|/tests?)/", path) or path == "mvnw":
            return False
        return path.endswith((".java", ".sh", ".py", ".bash")) or os.access(os.path.join(ROOT, path), os.X_OK)

    @staticmethod
    def sentences(text):
        """What is between backticks in the first column of tables whose head begins with "it says"."""
        for table in re.findall(r"^\| it says[^|]*\|.*\n((?:\|.*\n)+)", text, re.MULTILINE):
            for row in table.splitlines()[1:]:
                yield from re.findall(r"`([^`]+)`", row.split("|")[1])

    def test_another_pin_is_made_before_it_is_set(self):
        """And set while no node is logged in with the old one."""
        page = read(CEREMONY)
        order = ["Part A, steps 1 to 4", "step 1: end them", "user change-password", "step 2: start new ones", "Part B"]

        found = re.findall("|".join(order), page.split("\n### Another PIN\n")[1])
        self.assertEqual(order, found)
        setting = re.search(r"\*\*5\. Set the PIN.*?(?=\n\*\*6)", page, re.DOTALL).group()
        for command in ("user create", "user change-password"):
            self.assertIn("`{} --username skuser --role crypto-user`".format(command), setting)

    def test_the_table_for_athena_has_a_column_for_each_member_of_an_entry(self):
        columns = athena_table()

        self.assertEqual(members_of_entries(), sorted(columns))
        for name in glob.glob(os.path.join(ROOT, "docs/formats/vectors/**/*.json"), recursive=True):
            entry = json.loads(read(name))
            if "event_version" in entry:
                with self.subTest(name):
                    self.assertEqual(set(), set(leaves(entry, "")) - set(columns) - {"call.parameters"})

    def test_queries_for_athena_ask_for_columns_and_name_the_log(self):
        queries = [block for block in runbook_pages.blocks(ATHENA, read(ATHENA)) if "\nFROM" in block.text]

        self.assertLess(3, len(queries))
        for block in queries:
            with self.subTest(str(block)):
                self.assertIn("WHERE log = '", block.text)
                for name in re.findall(r'"?\b(?:call|caller)"?\.[\w.]+|\b[a-z]+_[a-z_]+\b', re.sub(r"'[^']*'", "", block.text)):
                    self.assertIn(name.replace('"', ""), athena_table() + ["first_missing", "last_missing", "sovereign_keys"] +
                                  [part for column in athena_table() for part in column.split(".")])

    def test_what_stays_after_the_stacks_is_destroyed_too(self):
        page = read("docs/runbooks/destroy.md")
        code = read("infra-cdk/pipeline/pipeline-template.yml") + read("infra-cdk/src/main/java/org/sovereignkeys/infrastructure/api/ApiStack.java")
        for name in ("cc-sovereign-keys-repo", "API-Gateway-Execution-Logs_"):
            self.assertIn(name, code)
            self.assertIn(name, page)
        self.assertIn("for begins in cfn-sovereign-keys sk-stack ", page)

    def test_blocks_that_need_no_aws_are_run(self):
        unused = dict(NOT_RUN)
        for page in runbooks():
            for block in shell_blocks(page):
                reasons = [words for words in NOT_RUN if words in block.text]
                if block.info == ["sh", "run"] or {words[0] for words in runbook_pages.commands(block.text)} & \
                        (OUT_OF_REACH | ON_NODES_AND_INSTANCES):
                    continue
                for words in reasons:
                    unused.pop(words, None)
                with self.subTest(str(block)):
                    self.assertTrue(reasons, "it is neither run nor listed with a reason")
        self.assertEqual({}, unused)

    def test_blocks_that_need_no_aws_work_and_print_what_is_shown(self):
        for page in runbooks():
            parts = self.parts_to_run(page, read(page))
            if parts:
                with self.subTest(page):
                    self.run_parts(parts)

    def test_who_writes_checksums_thinks_of_those_in_the_package(self):
        """For these alone count, where there are some."""
        writers = [page for page in runbooks() if any(re.search(r"> ?\S*SHA256SUMS", block.text) or "pinned=" in block.text
                                                      for block in shell_blocks(page))]

        self.assertIn(ROTATION, writers)
        self.assertLess(2, len(writers))
        for page in writers:
            with self.subTest(page):
                for wanted in ("hsm-conf/README.md#checksums", "infra-cdk/bin/put-packages"):
                    self.assertTrue(wanted in read(page), "it does not name " + wanted)

    def test_a_rotation_deploys_the_package_while_there_is_no_node(self):
        """One that comes sooner waits in vain for the old key; one that comes of the old deployment has the old checksums."""
        page = read(ROTATION)
        order = [page.index(words) for words in ("infra-cdk/bin/put-packages", "step 1. It is pinned: now", "infra-cdk/bin/deploy`", "Then step 2.")]
        self.assertEqual(sorted(order), order)

    def test_a_rotation_changes_the_checksums_in_the_package(self):
        *before, (place, shown) = self.parts_to_run(ROTATION, read(ROTATION))
        place.given = """rm hsm-conf && mkdir -p hsm-conf/cloudhsm && mv "$hsm/$conf/SHA256SUMS" hsm-conf/cloudhsm/
            echo "$(seq 9 | sha256sum | cut -c -64)  cloudhsm/cloudhsm-pkcs11.rpm" >>hsm-conf/cloudhsm/SHA256SUMS\n"""
        [look] = runbook_pages.blocks("the package's list", """```sh run
            cut -c 67- "$pinned"
            cd "$hsm" && sha256sum --check --ignore-missing "$pinned"\n```""")

        self.run_parts(before + [(place, shown + "It is pinned: another package is needed.\n"),
                                 (look, "cloudhsm/cloudhsm-pkcs11.rpm\ncloudhsm-conf/ssl-client.crt\n" + shown)])

    def test_a_pause_that_is_run_again_keeps_the_addresses(self):
        hsms = "cluster-1\thsm-{0}\teu-west-3a\t10.143.0.{0}\n"
        both = hsms.format(1) + hsms.format(2)
        pause = self.block(PAUSE, "if [[ ! -s $paused ]]").text
        for there, stand_in in ((None, both), (both, ""), (both, hsms.format(2)), ("", both), (None, "")):
            with self.subTest(there=there, described=stand_in):
                printed, home, _ = self.play(pause, "printf %b {!r}".format(stand_in), {"paused": there})

                self.assertEqual(there or stand_in, printed)
                self.assertEqual(printed, read(os.path.join(home, "sovereign-keys-hsm/paused")))

    def test_a_pause_that_aws_describes_half_is_not_written_down(self):
        printed, home, _ = self.play(self.block(PAUSE, "if [[ ! -s $paused ]]").text, "echo half && [[ $1 == ec2 ]]")

        self.assertRegex(printed, "No such file")
        self.assertFalse(os.path.exists(os.path.join(home, "sovereign-keys-hsm/paused")))

    def test_what_was_not_paused_is_not_waited_for(self):
        printed, _, asked = self.play(self.block(PAUSE, "create-hsm").text, "echo None", {"paused": ""})

        self.assertIn("names no HSM", printed)
        self.assertEqual([], [words for words in asked if "create-hsm" in words])

    def test_all_that_was_paused_comes_back_at_its_address(self):
        paused = "cluster-1\thsm-1\teu-west-3a\t10.143.0.1\ncluster-1\thsm-2\teu-west-3b\t10.143.4.2\n"

        _, _, asked = self.play(self.block(PAUSE, "create-hsm").text, "echo 0", {"paused": paused})

        self.assertEqual(["--cluster-id cluster-1 --availability-zone eu-west-3a --ip-address 10.143.0.1",
                          "--cluster-id cluster-1 --availability-zone eu-west-3b --ip-address 10.143.4.2"],
                         re.findall(r"create-hsm (.*) --output", "\n".join(asked)))

    def test_a_locked_bucket_can_be_passed_over_when_all_is_destroyed(self):
        """In mode COMPLIANCE the blocks that name the buckets are left out."""
        rest = [block for block in shell_blocks(DESTRUCTION) if "identifier" not in block.text]

        self.shellcheck({"destroy": rest})
        script = "".join(block.text for block in rest)
        for name in re.findall(r"^(\w+)\(\) {", "".join(block.text for block in shell_blocks(DESTRUCTION)), re.MULTILINE):
            with self.subTest(name):
                self.assertLess(script.find(name + "() {"), script.find(name + ' "'))
                self.assertIn(name + "() {", script)

    def test_nothing_goes_on_where_a_bucket_cannot_be_emptied(self):
        aws = """case $2 in
            list-object-versions) echo '{"Versions": [{"Key": "vpc-1.ekt", "VersionId": "1"}]}' ;;
            delete-objects) printf 'vpc-1.ekt\\tAccessDenied\\n' ;;
        esac"""
        definitions = self.block(DESTRUCTION, "empty() {").text
        for words in ("sovereign-keys-ekt", "sovereign-keys-audit-logs"):
            with self.subTest(words):
                script = self.block(DESTRUCTION, words).text
                printed, _, asked = self.play(definitions + "identifier=example\n" + script, aws)
                self.assertRegex(printed, r"\A(vpc-1\.ekt\s+AccessDenied\n)+\Z")
                self.assertEqual(set(), {words.split()[1] for words in asked} - {"list-object-versions", "delete-objects"})

                printed, _, asked = self.play(definitions + script, aws)
                self.assertIn("identifier", printed)
                self.assertEqual([], asked)

    def test_nodes_get_programs_of_the_system_that_they_were_tried_with(self):
        script = self.block("docs/runbooks/prepare.md", "ssss-combine").text
        here = "sovereign-keys-hsm/os-release"
        for system, put in (("ID=debian\nVERSION_CODENAME=bookworm\n", 4), ("ID=debian\nVERSION_CODENAME=trixie\n", 0),
                            ("ID=ubuntu\nVERSION_CODENAME=noble\n", 0)):
            with self.subTest(system):
                printed, _, asked = self.play(script.replace("/etc/os-release", here), "", {"os-release": system})

                self.assertEqual(put, "\n".join(asked).count("sovereign-instances/tools/"))
                self.assertEqual(put == 0, "This is not Debian 12" in printed)

    def test_two_programs_do_not_ask_one_terminal_at_once(self):
        """openssl asks for the password of a key while ssh, behind it, would for that of the operator's."""
        found = 0
        for page in runbooks():
            agent = False
            for block in shell_blocks(page):
                agent = agent or "ssh-add" in block.text
                if re.search(r"^openssl pkey -in .*\| ssh ", block.text, re.MULTILINE):
                    found += 1
                    with self.subTest(str(block)):
                        self.assertTrue(agent, "no agent has the key of ssh")
        self.assertLess(0, found)

    @staticmethod
    def block(page, words):
        """The one of shell that has the words."""
        [found] = [block for block in shell_blocks(page) if words in block.text]
        return found

    def play(self, script, aws, kept=None):
        """Pastes a script into a shell that goes on when a command fails, with a stand-in for aws and files in sovereign-keys-hsm. Returns
        what it prints, its home, and what aws was asked."""
        home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, home)
        for folder in ("bin", "sovereign-keys-hsm"):
            os.mkdir(os.path.join(home, folder))
        files_there = {"asked": "", "bin/aws": '#!/bin/bash\necho "$*" >>~/asked\n' + aws + "\n"}
        files_there.update({"sovereign-keys-hsm/" + name: text for name, text in (kept or {}).items() if text is not None})
        for name, text in files_there.items():
            with open(os.path.join(home, name), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(os.path.join(home, "bin/aws"), 0o755)
        environment = {"PATH": os.path.join(home, "bin") + ":" + os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8"}
        result = subprocess.run(["bash", "-c", script], cwd=home, env=environment, timeout=10, check=False, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        return result.stdout, home, read(os.path.join(home, "asked")).splitlines()

    @staticmethod
    def parts_to_run(page, text):
        """Each block that is run, and the text of the block behind it if that is what is printed."""
        found = runbook_pages.blocks(page, text)
        return [(block, after.text if after is not None and after.info == ["text"] else None)
                for block, after in zip(found, found[1:] + [None]) if block.info == ["sh", "run"]]

    def run_parts(self, parts):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        clone = os.path.join(folder, "clone")
        for name in ("clone", "run"):
            os.mkdir(os.path.join(folder, name), 0o700)
        for name in {path.split("/")[0] for path in files()}:
            os.symlink(os.path.join(ROOT, name), os.path.join(clone, name))
        configuration = os.path.join(clone, "main-configuration.json")
        os.remove(configuration)
        with open(configuration, "w", encoding="utf-8") as delivered:
            delivered.write(DELIVERED)

        with open(os.path.join(folder, "script"), "w", encoding="utf-8") as script:
            script.write("set -euo pipefail\n")
            for number, (block, _) in enumerate(parts):
                with open(os.path.join(folder, str(number)), "w", encoding="utf-8") as typed:
                    typed.write(block.typed)
                script.write("{}printf '\\036'\n{{\n{}}} <{}/{}\n".format(block.given, block.text, folder, number))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "AWS_REGION": "eu-west-3",
                       "XDG_RUNTIME_DIR": os.path.join(folder, "run"), "PYTHONDONTWRITEBYTECODE": "1"}
        result = subprocess.run(["bash", os.path.join(folder, "script")], cwd=clone, env=environment, timeout=120, check=False,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                start_new_session=True)  # so that nothing can ask the terminal
        printed = result.stdout.split("\036")[1:]
        self.assertEqual(0, result.returncode, "{} failed: {}".format(parts[len(printed) - 1][0], result.stdout))
        for (block, shown), output in zip(parts, printed):
            if shown is not None:
                form = ".*".join(re.escape(part) for part in shown.split("…"))
                self.assertRegex(output, "\\A" + form + "\\Z", str(block))


def members_of_entries():
    """The leaves of an entry, as the table in docs/formats/audit-entry.md has them."""
    table = re.search(r"^\| member \| value \|\n.*\n((?:\|.*\n)+)", read("docs/formats/audit-entry.md"), re.MULTILINE).group(1)
    members = []
    for row in table.splitlines():
        _, names, value, _ = row.split("|")
        for name in re.findall(r"`([^`]+)`", names):
            inner = re.findall(r"`([a-z]+_[a-z_]+)`", value) if name == "call.parameters" else []
            members += [name + "." + each for each in inner] or [name]
    return sorted(members)


def athena_table():
    """The leaves of the table's columns."""
    definition = re.search(r"CREATE EXTERNAL TABLE [\w.]+ \((.*?)\n\)", read(ATHENA), re.DOTALL)
    return list(athena_columns(definition.group(1)))


def athena_columns(definition, path=""):
    """The leaves of a table's columns; what is a struct is taken apart."""
    position = 0
    while True:
        column = re.compile(r"[\s,]*`?(\w+)`?(?:\s+|\s*:\s*)(\w+)").match(definition, position)
        if not column:
            return
        position = column.end()
        if column.group(2) != "struct":
            yield path + column.group(1)
            continue
        depth, begin = 0, position
        while True:
            depth += {"<": 1, ">": -1}.get(definition[position], 0)
            position += 1
            if depth == 0:
                break
        yield from athena_columns(definition[begin + 1:position - 1], path + column.group(1) + ".")


def leaves(value, path):
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from leaves(inner, path + name + ".")
        else:
            yield path + name


if __name__ == "__main__":
    unittest.main()
