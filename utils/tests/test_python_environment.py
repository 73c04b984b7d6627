# SPDX-License-Identifier: GPL-3.0-or-later
"""utils/python-environment where all is there, and where it is of another version."""
import os
import shutil
import subprocess
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python-environment")

# Stands in for python3: "-m venv FOLDER" makes a Python that takes any package.
PYTHON = """#!/bin/bash
mkdir -p "$3/bin"
ln -s /bin/true "$3/bin/python"
"""


class PythonEnvironmentTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("requirements.txt", "moto==2\n")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o700)

    def run_script(self):
        environment = dict(os.environ, PATH=os.path.join(self.folder, "bin") + ":" + os.environ["PATH"])
        result = subprocess.run([SCRIPT, self.folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        return result.returncode, result.stdout

    def test_what_is_there_needs_no_lock(self):
        self.write(".venv/requirements.txt", "moto==2\n")
        os.mkdir(os.path.join(self.folder, ".venv", "bin"))
        os.symlink("/bin/true", os.path.join(self.folder, ".venv", "bin", "python"))
        os.mkdir(os.path.join(self.folder, ".venv.lock"))  # nobody can open it for writing, not even root

        self.assertEqual((0, b""), self.run_script())

    def test_another_version_is_replaced(self):
        self.write("bin/python3", PYTHON)
        self.write(".venv/requirements.txt", "moto==1\n")
        self.write(".venv/old", "")

        self.assertEqual((0, b""), self.run_script())

        self.assertFalse(os.path.exists(os.path.join(self.folder, ".venv", "old")))
        with open(os.path.join(self.folder, ".venv", "requirements.txt"), encoding="utf-8") as file:
            self.assertEqual("moto==2\n", file.read())

    def test_without_venv_it_says_what_to_install(self):
        self.write("bin/python3", "#!/bin/sh\nexit 1\n")

        code, output = self.run_script()

        self.assertEqual(1, code)
        self.assertIn(b"please install python3-venv", output)


if __name__ == "__main__":
    unittest.main()
