# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of take-out-lines, on a repository of one program and its suite."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "take-out-lines"
GREETER = """#!/bin/bash
set -euo pipefail
fail() { echo "$1" >&2 && exit 1; }
name=${1:-}
[[ -n $name ]] || fail 'who?'
# A comment is no step.
greet() {
  echo "hello, $name" |
    tr a-z A-Z
}
case $name in
nobody) exit 3 ;;
*) greet ;;
esac
"""
SUITE = """@test "it greets" {
  run "$BATS_TEST_DIRNAME/../greeter" you
  [[ $output == 'HELLO, YOU' ]]
}
@test "it wants a name" {
  run "$BATS_TEST_DIRNAME/../greeter"
  [[ $output == 'who?' && $status == 1 ]]
}
"""
FOR_NOBODY = """@test "it does not greet nobody" {
  run "$BATS_TEST_DIRNAME/../greeter" nobody
  [[ $status == 3 ]]
}
"""
SETTINGS = """@test "a failure in the middle is one" {
  head -n 2 "$BATS_TEST_DIRNAME/../greeter" | grep -F 'set -euo pipefail'
}
"""


class TakeOutLinesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("utils", "tests", "target"):
            (self.root / name).mkdir()
        shutil.copy(PROGRAM, self.root / "utils")
        self.greeter = self.root / "greeter"
        self.greeter.write_text(GREETER, encoding="utf-8")
        self.greeter.chmod(0o755)

    def take_out(self, *arguments, suite=SUITE, **environment):
        (self.root / "tests" / "greeter.bats").write_text(suite, encoding="utf-8")
        return subprocess.run(
            [self.root / "utils" / "take-out-lines", *arguments],
            cwd=self.root,
            env=dict(os.environ, **environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def test_what_goes_unnoticed_is_named(self):
        done = self.take_out("tests/greeter.bats", "greeter")
        self.assertEqual(
            sorted(done.stdout.splitlines()),
            [
                "10 changes of 1 programs, 2 of them unnoticed",
                "greeter:12: without: nobody) exit 3 ;;",
                "greeter:2: without: set -euo pipefail",
            ],
        )
        self.assertEqual(done.returncode, 1)

    def test_all_can_be_noticed_by_several_suites_together(self):
        (self.root / "tests" / "more.bats").write_text(FOR_NOBODY + SETTINGS, encoding="utf-8")
        done = self.take_out("tests/greeter.bats", "tests/more.bats", "greeter")
        self.assertEqual((done.returncode, done.stdout), (0, "10 changes of 1 programs, 0 of them unnoticed\n"))

    def test_the_repository_stays_as_it_is(self):
        self.take_out("tests/greeter.bats", "greeter")
        self.assertEqual(self.greeter.read_text(encoding="utf-8"), GREETER)

    def test_a_suite_that_fails_on_the_whole_program_shows_nothing(self):
        done = self.take_out("tests/greeter.bats", "greeter", suite=SUITE + '@test "no" { false; }\n')
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("fail on the whole programs", done.stderr)

    def hanging(self):
        """A suite that ends, and does not without one line."""
        self.greeter.write_text("#!/bin/bash\nif [[ ${1:-} == '' ]]; then exit; fi\nleft=$1\nuntil ((left == 0)); do\n"
                                "  left=$((left - 1))\n  sleep 0.01\ndone\n", encoding="utf-8")
        return '@test "it ends" { "$BATS_TEST_DIRNAME/../greeter" 3; }\n'

    def left_running(self):
        """Whether a greeter of this test runs, or does within some seconds: a process that is killed is seen for a moment."""
        end = time.monotonic() + 20
        pattern = str(self.root) + "/target/take-out-lines.*/greeter 3"
        while subprocess.run(["pgrep", "-f", pattern], check=False, capture_output=True).stdout:
            if time.monotonic() > end:
                return True
            time.sleep(0.1)
        return False

    def test_a_change_that_hangs_is_noticed_and_leaves_nothing_running(self):
        done = self.take_out("tests/greeter.bats", "greeter", suite=self.hanging(), SK_TAKE_OUT_LIMIT="10", TMPDIR=str(self.root / "target"))
        self.assertNotIn("greeter:5:", done.stdout)
        self.assertIn("greeter:6: without: sleep 0.01", done.stdout)
        self.assertFalse(self.left_running())

    def test_who_ends_it_ends_what_it_runs(self):
        (self.root / "tests" / "greeter.bats").write_text(self.hanging(), encoding="utf-8")
        pattern = str(self.root) + "/target/take-out-lines.*/greeter 3"
        with subprocess.Popen(
            [self.root / "utils" / "take-out-lines", "tests/greeter.bats", "greeter"],
            cwd=self.root,
            env=dict(os.environ, SK_TAKE_OUT_LIMIT="600", TMPDIR=str(self.root / "target")),
            stdout=subprocess.DEVNULL,
        ) as tool:
            seen = 0
            while seen < 30:  # for longer than one that ends
                time.sleep(0.1)
                seen = seen + 1 if subprocess.run(["pgrep", "-f", pattern], check=False, capture_output=True).stdout else 0
            tool.terminate()
            self.assertEqual(tool.wait(60), 143)
        self.assertFalse(self.left_running())
        self.assertEqual(list((self.root / "target").glob("take-out-lines.*")), [])

    def test_wrong_usage(self):
        for arguments in ((), ("greeter",), ("tests/greeter.bats",), ("--all", "tests/greeter.bats", "greeter")):
            done = self.take_out(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn("Usage: take-out-lines SUITE.bats... FILE...", done.stderr)
        self.assertEqual(self.take_out("--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()
